# SPDX-License-Identifier: MIT
#
#   make            build/BOOTX64.EFI and build/baremm.img
#   make deps run   on a fresh machine: install what is needed, boot it in QEMU
#   make deps test  on a fresh machine: host tests and QEMU scenarios
#   make help       everything else

# CC may be gcc or clang; each has objects of its own.
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD := build
OUT := $(BUILD)/$(notdir $(firstword $(CC)))
HOST := $(OUT)/host

WARNINGS := -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition \
	-Wshadow -Wvla -Wundef -Wpointer-arith -Wwrite-strings -Wcast-qual -Wredundant-decls \
	-Wmissing-declarations -Wnested-externs -Wimplicit-fallthrough -Wformat=2 \
	-Wdouble-promotion -Walloca
CLANG := $(findstring clang,$(CC))
COMMON := -std=gnu11 -g -ffreestanding -fno-strict-aliasing -fno-common \
	-fno-omit-frame-pointer $(WARNINGS) $(if $(CLANG),-Wno-gnu-variable-sized-type-not-at-end)

# The image: ELF objects without a GOT, so that the PE linker can relocate them.
IMAGE_CFLAGS := $(COMMON) -O2 -fpie -fvisibility=hidden -include arch/x86_64/include/asm/hidden.h \
	-mno-red-zone -mgeneral-regs-only -mcmodel=small -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables -fno-builtin-printf \
	-Iinclude -Iarch/x86_64/include
HOST_CFLAGS := $(COMMON) -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-Dvsnprintf=mm_vsnprintf -Dsnprintf=mm_snprintf -Iinclude -Iarch/host/include
TEST_CFLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Werror -Wshadow -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined -Iinclude -Iarch/host/include -Itest/unit

MM_SRC := $(wildcard mm/*.c mm/lib/*.c)
EFI_SRC := $(wildcard efi/*.c)
ARCH_SRC := $(wildcard arch/x86_64/*.c arch/x86_64/*.S)
HOST_SRC := $(filter-out mm/lib/string.c,$(MM_SRC)) $(wildcard arch/host/*.c)
UNIT_SRC := $(wildcard test/unit/test_*.c)

HOST_OBJ := $(HOST_SRC:%.c=$(HOST)/%.o)
UNIT_BIN := $(UNIT_SRC:test/unit/%.c=$(HOST)/%)

.PHONY: all unit clean
all:

$(HOST)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(HOST_CFLAGS) -MMD -MP -c $< -o $@

$(HOST)/libmm.a: $(HOST_OBJ)
	rm -f $@ && ar rcs $@ $^

$(HOST)/test_%: test/unit/test_%.c $(HOST)/libmm.a
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -MMD -MP -MF $@.d $< -o $@ -Wl,--whole-archive $(HOST)/libmm.a \
		-Wl,--no-whole-archive -lcmocka

# Runs every unit test; each prints its own result.
unit: $(UNIT_BIN)
	@for t in $^; do $$t || exit 1; done

clean:
	rm -rf $(BUILD)

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
