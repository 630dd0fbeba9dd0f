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
IMAGE := $(OUT)/image

WARNINGS := -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition \
	-Wshadow -Wvla -Wundef -Wpointer-arith -Wwrite-strings -Wcast-qual -Wredundant-decls \
	-Wmissing-declarations -Wnested-externs -Wimplicit-fallthrough -Wformat=2 \
	-Wdouble-promotion -Walloca
CLANG := $(findstring clang,$(CC))
COMMON := -std=gnu11 -g -ffreestanding -fno-strict-aliasing -fno-common \
	-fno-omit-frame-pointer $(WARNINGS) $(if $(CLANG),-Wno-gnu-variable-sized-type-not-at-end)

# The image: ELF objects without a GOT, so that the PE linker can relocate them.
PROTECTOR := -fstack-protector-strong -mstack-protector-guard=global
IMAGE_CFLAGS := $(COMMON) -O2 -fpie -fvisibility=hidden -include arch/x86_64/include/asm/hidden.h \
	-mno-red-zone -mgeneral-regs-only -mcmodel=small $(PROTECTOR) \
	-fcf-protection=none -fno-asynchronous-unwind-tables -fno-builtin-printf \
	-ffile-prefix-map=$(CURDIR)=. -Iinclude -Iarch/x86_64/include
# UEFI's headers, calling convention and 16-bit characters, for efi/ alone.
EFI_CFLAGS := -isystem /usr/include/efi -isystem /usr/include/efi/x86_64 \
	-DGNU_EFI_USE_MS_ABI -fshort-wchar
IMAGE_LDFLAGS := -m i386pep --subsystem 10 --nxcompat --dynamicbase --enable-reloc-section \
	--image-base 0 --section-alignment 4096 --file-alignment 512 --no-insert-timestamp \
	--orphan-handling=error -e efi_main
# The C library of a host has functions of these names, too, that do less.
OWN_NAMES := $(foreach f,snprintf vsnprintf sprintf vsprintf sscanf vsscanf,-D$(f)=mm_$(f))
HOST_CFLAGS := $(COMMON) -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	$(OWN_NAMES) -Iinclude -Iarch/host/include
TEST_CFLAGS := -std=gnu11 -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Werror -Wshadow \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined -Iinclude -Iarch/host/include \
	-Itest/unit -I.

ifdef COVERAGE
HOST_CFLAGS += --coverage
TEST_CFLAGS += --coverage
endif

# Fuzzers are a clang build of their own, in which the code reports its branches.
FUZZ_OUT := $(BUILD)/fuzz
ifdef FUZZING
HOST_CFLAGS += -O2 -fsanitize=fuzzer-no-link
TEST_CFLAGS += -O2 -fsanitize=fuzzer
endif

MM_SRC := $(wildcard mm/*.c mm/lib/*.c)
EFI_SRC := $(wildcard efi/*.c)
# Host tests have all of efi/ but what knows where the image lies, or its version:
# on them the firmware is a test's own.
EFI_HOST := $(filter-out efi/main.c efi/record.c efi/sbat.c,$(EFI_SRC))
ARCH_SRC := $(wildcard arch/x86_64/*.c arch/x86_64/*.S)
ARCH_PURE := $(addprefix arch/x86_64/,acpi_early.c apic.c pgtable.c pgtable_walk.c font.c fbdraw.c \
	fbtext.c fbtext_draw.c cpu_state.c encryption.c handoff_print.c mce_severity.c \
	trampoline_page.c tsc_measure.c uart.c uart_acpi.c uart_option.c uart_pci.c)
HOST_SRC := $(filter-out mm/lib/string.c,$(MM_SRC)) $(EFI_HOST) $(ARCH_PURE) \
	$(wildcard arch/host/*.c)
UNIT_SRC := $(wildcard test/unit/test_*.c)
FUZZ_SRC := $(wildcard test/fuzz/fuzz_*.c)

IMAGE_SRC := $(MM_SRC) $(EFI_SRC) $(ARCH_SRC)
IMAGE_OBJ := $(patsubst %.c,$(IMAGE)/%.o,$(filter %.c,$(IMAGE_SRC))) \
	$(patsubst %.S,$(IMAGE)/%.o,$(filter %.S,$(IMAGE_SRC)))
HOST_OBJ := $(HOST_SRC:%.c=$(HOST)/%.o)
UNIT_BIN := $(UNIT_SRC:test/unit/%.c=$(HOST)/%)
MODEL_BIN := $(OUT)/test_page_model_fast
# Threads that are CPUs, under ThreadSanitizer.
TSAN_BIN := $(foreach t,file_cpus folio_cpus given_back_twice memtest_cpus page_private page_random \
	pages_cpus queues rhashtable_cpus sbitmap slab_cpus sleeping_locks stress_cpus timer vmalloc_cpus \
	wait_bit work_waits workqueue xarray_cpus,$(OUT)/test_$(t)_tsan)
FUZZ_BIN := $(FUZZ_SRC:test/fuzz/%.c=$(FUZZ_OUT)/host/%)

# Written into the image and its first line: nothing that differs from one
# build of the same sources to the next.
VERSION := $(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)

# One short line for each step; V=1 shows the commands themselves.
ifdef V
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n'
endif

# What is to be built needs what deps installs, so one goes after the other.
ifneq ($(filter deps bench-deps lint-deps,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all help deps image sign unit soak test test-build run usb debug bench bench-save bench-check \
	bench-host bench-deps check lint lint-deps lint-files format format-check headers-check \
	pe-check readme-check \
	compilers-check replay-check fuzz fuzz-build fuzz-bin other-image coverage clean FORCE
all: $(BUILD)/BOOTX64.EFI $(BUILD)/baremm.img

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## make                 build/BOOTX64.EFI and build/baremm.img (CC=clang: with clang)
## make deps            install the Debian packages that building, running and testing need
## make run             boot build/baremm.img in QEMU; the log on standard output
##                      OPTIONS='mem=2G' for the program, QEMU_ARGS='-m 4G -smp 2' for QEMU,
##                      TIMEOUT=120 seconds, ACCEL=kvm, DISK=ahci|ide|usb|nvme|virtio
## make test            host tests, checks and QEMU scenarios
## make unit            host tests alone
## make soak            host tests over and over for MINUTES=10, random ones with new seeds
## make fuzz            each fuzzer for RUNS=1000000 inputs, two at a time
## make bench           allocators in guest instructions: this program's, the firmware's, Linux's
## make bench-host      the same on this host, beside malloc of glibc, jemalloc, mimalloc, tcmalloc
## make bench-deps      install what these compare with: Debian's kernel and allocators
## make bench-save      make the last bench's figures those that make test compares with
## make coverage        the lines that the host tests run, file by file
## make build/replay    what Linux's boot log of a PC tells, brought up on the host
## make build/libbaremm.a
##                      mm/ over simulated RAM, for programs of the host
## make check           format, headers, the image's PE structure, README.md, both compilers
## make lint            static analysis by gcc -fanalyzer, clang-tidy and cppcheck of what changed
##                      since the last time; make lint-deps installs the last two
## make format          give the sources the form that the format check asks for
## make usb DEV=/dev/X  write the image to a USB stick, after asking
## make sign            sign the program with KEY=key.pem CERT=cert.pem for Secure Boot: program
##                      and image in build/signed/ (make sign usb DEV=/dev/X: and write it)
## make debug           QEMU waiting for gdb on port 1234, and how to attach
## make clean           remove build/

# --- flags: a change rebuilds what they are for -------------------------------

# $(call stamp,text): rewrites the target where its text is not this one.
stamp = @mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ || \
	printf '%s\n' '$(subst ','\'',$(1))' > $@

$(IMAGE)/flags: FORCE
	$(call stamp,$(CC) $(IMAGE_CFLAGS) $(EFI_CFLAGS))
$(IMAGE)/link-flags: FORCE
	$(call stamp,$(IMAGE_LDFLAGS) $(IMAGE_OBJ))
$(IMAGE)/version: FORCE
	$(call stamp,$(VERSION))
$(HOST)/flags: FORCE
	$(call stamp,$(CC) $(HOST_CFLAGS) $(TEST_CFLAGS) $(EFI_CFLAGS))
$(HOST)/link-flags: FORCE
	$(call stamp,$(HOST_OBJ))

# --- the image ----------------------------------------------------------------

$(IMAGE)/efi/%.o: IMAGE_CFLAGS += $(EFI_CFLAGS)
$(IMAGE)/efi/main.o $(IMAGE)/efi/sbat.o: IMAGE_CFLAGS += -DBAREMM_VERSION='"$(VERSION)"'
$(IMAGE)/efi/main.o $(IMAGE)/efi/sbat.o: $(IMAGE)/version

# All code of efi/ is of the start (linux/init.h), but for main.c's, which says which is.
all_init = $(if $(filter-out $(IMAGE)/efi/main.o,$(filter $(IMAGE)/efi/%.o,$(1))),\
	objcopy --rename-section .text=.init.text $(1),:)

# What runs once, only to look, only where an option or bad memory asks for it, or for
# self-tests alone, is compiled to be small.
COLD_SRC := $(foreach what,selftest verify info report show stats dump print lkdtm options \
	kfence kmemleak lint memory_failure, $(wildcard mm/*$(what)*.c arch/x86_64/*$(what)*.c)) \
	mm/lib/genalloc.c mm/lib/idr.c
$(COLD_SRC:%.c=$(IMAGE)/%.o): IMAGE_CFLAGS += -Os

# The fast path hands the address of a structure down, which -strong alone would protect: it
# has no array.
$(IMAGE)/mm/page_alloc.o: IMAGE_CFLAGS += -fstack-protector

$(IMAGE)/%.o: %.c $(IMAGE)/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(IMAGE_CFLAGS) -MMD -MP -c $< -o $@
	$(Q)$(call all_init,$@)

# The console's fonts, unpacked where the assembler finds them. They are no
# prerequisites: what `make deps run` installs after make has looked into a
# folder, make does not see.
FONTS := $(addprefix $(IMAGE)/fonts/Uni2-Terminus,16.psf 24x12.psf 32x16.psf)
FONT_DIR := /usr/share/consolefonts

$(FONTS): $(IMAGE)/fonts/%.psf:
	@mkdir -p $(@D)
	$(Q)gzip -dc $(FONT_DIR)/$*.psf.gz > $@

$(IMAGE)/arch/x86_64/font_data.o: $(FONTS)
$(IMAGE)/arch/x86_64/font_data.o: IMAGE_CFLAGS += -Wa,-I$(IMAGE)/fonts

$(IMAGE)/%.o: %.S $(IMAGE)/flags
	@mkdir -p $(@D)
	$(say) AS $<
	$(Q)$(CC) $(IMAGE_CFLAGS) -MMD -MP -c $< -o $@

# Two passes: the first without a symbol table; the second with the first one's
# functions, which it may not have moved.
link = ld $(IMAGE_LDFLAGS) -T arch/x86_64/image.lds $(IMAGE)/program.o

# Of mm/lib/ the program has what it calls: most of it is there for other programs.
# A linker for PE finds nothing in an archive of ELF objects, so one for ELF does it.
$(IMAGE)/program.o: $(IMAGE_OBJ) $(IMAGE)/link-flags
	$(Q)rm -f $(IMAGE)/lib.a && ar rcsD $(IMAGE)/lib.a $(filter $(IMAGE)/mm/lib/%,$(IMAGE_OBJ))
	$(Q)ld -m elf_x86_64 -z noexecstack -r $(filter-out $(IMAGE)/mm/lib/%,$(IMAGE_OBJ)) $(IMAGE)/lib.a -o $@

$(IMAGE)/ksyms0.o: arch/x86_64/ksyms.awk $(IMAGE)/flags
	@mkdir -p $(@D)
	$(Q)awk -f $< /dev/null > $(@:.o=.s) && $(CC) -c $(@:.o=.s) -o $@

$(IMAGE)/pass1.efi: $(IMAGE)/program.o $(IMAGE)/ksyms0.o arch/x86_64/image.lds $(IMAGE)/link-flags \
		test/sections-check.py
	$(say) LD $@
	$(Q)test/sections-check.py $(IMAGE_OBJ) > $(IMAGE)/sections-check || \
		{ cat $(IMAGE)/sections-check >&2; exit 1; }
	$(Q)$(link) $(IMAGE)/ksyms0.o -o $@

$(IMAGE)/ksyms.o: $(IMAGE)/pass1.efi arch/x86_64/ksyms.awk
	$(say) KSYMS $@
	$(Q)nm -n $< | awk -f arch/x86_64/ksyms.awk > $(@:.o=.s) && $(CC) -c $(@:.o=.s) -o $@

$(IMAGE)/baremm.debug.efi: $(IMAGE)/ksyms.o
	$(say) LD $@
	$(Q)$(link) $(IMAGE)/ksyms.o -o $@
	@nm -n $@ | awk -f arch/x86_64/ksyms.awk | cmp - $(IMAGE)/ksyms.s || \
		{ echo "$@: the symbol table moved functions" >&2; exit 1; }

# strip -p keeps the time stamp 0 of the header; the file's own is now.
$(IMAGE)/BOOTX64.EFI: $(IMAGE)/baremm.debug.efi
	$(say) STRIP $@
	$(Q)strip -p -o $@ $< && touch $@

$(BUILD)/BOOTX64.EFI: $(IMAGE)/BOOTX64.EFI FORCE
	@cmp -s $< $@ || cp $< $@

$(BUILD)/baremm.img: $(BUILD)/BOOTX64.EFI efi/baremm.cfg startup.nsh efi/mkimage.sh
	$(say) IMAGE $@
	$(Q)efi/mkimage.sh $@ $(BUILD)/BOOTX64.EFI efi/baremm.cfg startup.nsh

image: $(BUILD)/baremm.img

# --- signed for Secure Boot -----------------------------------------------------

SIGNED := $(BUILD)/signed

sign: $(BUILD)/BOOTX64.EFI
	@[ -n '$(KEY)' ] && [ -n '$(CERT)' ] || \
		{ echo "make sign KEY=key.pem CERT=certificate.pem: both are needed" >&2; exit 2; }
	@mkdir -p $(SIGNED)
	$(say) SIGN $(SIGNED)/BOOTX64.EFI
	$(Q)sbsign --key '$(KEY)' --cert '$(CERT)' --output $(SIGNED)/BOOTX64.EFI $<
	$(Q)sbverify --cert '$(CERT)' $(SIGNED)/BOOTX64.EFI
	$(Q)openssl x509 -in '$(CERT)' -outform DER -out $(SIGNED)/baremm.cer
	$(say) IMAGE $(SIGNED)/baremm.img
	$(Q)efi/mkimage.sh $(SIGNED)/baremm.img $(SIGNED)/BOOTX64.EFI efi/baremm.cfg startup.nsh \
		$(SIGNED)/baremm.cer

# --- a hostile firmware, for scenarios ---------------------------------------------

# The same kind of program, by the same linker script.
HOSTILE := $(OUT)/hostile
HOSTILE_OBJ := $(patsubst test/hostile/%.c,$(HOSTILE)/%.o,$(wildcard test/hostile/*.c))
HOSTILE_CFLAGS := $(filter-out -Iinclude -Iarch/%,$(IMAGE_CFLAGS)) $(EFI_CFLAGS) \
	-fno-stack-protector

$(HOSTILE)/%.o: test/hostile/%.c $(IMAGE)/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(HOSTILE_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/hostile.efi: $(HOSTILE_OBJ) arch/x86_64/image.lds
	$(say) LD $@
	$(Q)ld $(IMAGE_LDFLAGS) -T arch/x86_64/image.lds $(HOSTILE_OBJ) -o $@ && strip -p $@

# --- host tests ---------------------------------------------------------------

$(HOST)/efi/%.o: HOST_CFLAGS += $(EFI_CFLAGS)
$(HOST)/test_efi_firmware $(HOST)/test_efi_graphics $(HOST)/test_efi_devices: TEST_CFLAGS += $(EFI_CFLAGS)

$(HOST)/%.o: %.c $(HOST)/flags
	@mkdir -p $(@D)
	$(say) HOSTCC $<
	$(Q)$(CC) $(HOST_CFLAGS) -MMD -MP -c $< -o $@

ifdef FUZZING
# Branches of what prints or verifies lead a fuzzer nowhere, and only what reads tables and text
# compares what it could copy into its inputs; both cost most of the time.
UNTRACED := $(addprefix $(HOST)/,mm/lib/vsnprintf.o mm/lib/printk.o mm/lib/str_util.o \
	mm/zone_verify.o mm/slab_verify.o mm/memblock_check.o mm/vmallocinfo.o mm/percpu_stats.o mm/pcp_verify.o \
	arch/host/map.o arch/host/symbols.o arch/host/snapshot.o)
COMPARED := $(addprefix mm/,acpi% amdtopology% boot_info% e820% hmat% lint% madt% memblock% \
	mtrr% numa% options% slit% smbios% srat% lib/cmdline% lib/kstrtox% lib/sscanf%)
UNCOMPARED := $(addprefix $(HOST)/,$(patsubst %.c,%.o,$(filter-out $(COMPARED),$(MM_SRC) \
	$(wildcard arch/host/*.c))))
# Snapshots of machines are of variables that lie side by side.
$(addprefix $(HOST)/,$(MM_SRC:.c=.o) arch/host/machine.o): HOST_CFLAGS += \
	-include arch/host/include/host/state.h
$(UNTRACED): HOST_CFLAGS := $(filter-out -fsanitize=fuzzer-no-link,$(HOST_CFLAGS))
$(UNCOMPARED): HOST_CFLAGS += -fno-sanitize-coverage=trace-cmp
$(addprefix $(HOST)/fuzz_,pages slab vmalloc percpu dma xarray objects): TEST_CFLAGS += \
	-fno-sanitize-coverage=trace-cmp
endif

$(HOST)/libmm.a: $(HOST_OBJ) $(HOST)/link-flags
	$(say) AR $@
	$(Q)rm -f $@ && ar rcs $@ $(HOST_OBJ)

$(HOST)/test_%: test/unit/test_%.c $(HOST)/libmm.a
	@mkdir -p $(@D)
	$(say) TEST $@
	$(Q)$(CC) $(TEST_CFLAGS) -MMD -MP -MF $@.d $< -o $@ -Wl,--whole-archive $(HOST)/libmm.a \
		-Wl,--no-whole-archive -lcmocka

# Runs every unit test; each prints its own result.
unit: $(UNIT_BIN) $(if $(COVERAGE),,$(MODEL_BIN) $(TSAN_BIN))
	@for t in $^; do $$t || exit 1; done

# --- fuzzers --------------------------------------------------------------------

$(HOST)/fuzz_%: test/fuzz/fuzz_%.c $(HOST)/libmm.a
	@mkdir -p $(@D)
	$(say) FUZZ $@
	$(Q)$(CC) $(TEST_CFLAGS) -MMD -MP -MF $@.d $< -o $@ -Wl,--whole-archive $(HOST)/libmm.a \
		-Wl,--no-whole-archive -lcmocka

# The reader of logs needs no machine.
FUZZ_LOG := test/fuzz/fuzz_log.c $(addprefix arch/host/replay/,acpi_tables.c kernel_rules.c \
	log_decode.c log_facts.c facts_map.c facts_mtrr.c facts_nodes.c facts_zones.c log_read.c)

$(HOST)/fuzz_log: $(FUZZ_LOG) $(wildcard arch/host/replay/*.h) $(HOST)/flags
	@mkdir -p $(@D)
	$(say) FUZZ $@
	$(Q)$(CC) $(TEST_CFLAGS) -fno-strict-aliasing -Iarch/host/replay $(FUZZ_LOG) -o $@

RUNS ?= 1000000

fuzz: fuzz-build
	@test/fuzz/run --runs $(RUNS) $(FUZZ_BIN)

fuzz-build:
	@$(MAKE) --no-print-directory CC=clang OUT=$(FUZZ_OUT) FUZZING=1 fuzz-bin

fuzz-bin: $(FUZZ_BIN)

# --- replay ---------------------------------------------------------------------

# mm/ on the host once more, fast and without sanitizers.
REPLAY := $(OUT)/replay
REPLAY_CFLAGS := $(COMMON) -O2 $(OWN_NAMES) -Iinclude \
	-Iarch/host/include
REPLAY_TOOL_CFLAGS := -std=gnu11 -g -O2 -fno-strict-aliasing $(WARNINGS) -Iinclude -Iarch/host/include
REPLAY_TOOL := $(wildcard arch/host/replay/*.c)
REPLAY_MM := $(filter-out mm/lib/string.c,$(MM_SRC)) $(wildcard arch/host/*.c)
REPLAY_OBJ := $(REPLAY_MM:%.c=$(REPLAY)/%.o) $(REPLAY_TOOL:%.c=$(REPLAY)/%.o)

$(REPLAY)/flags: FORCE
	$(call stamp,$(CC) $(REPLAY_CFLAGS) $(REPLAY_TOOL_CFLAGS))
$(REPLAY)/link-flags: FORCE
	$(call stamp,$(REPLAY_OBJ))

$(REPLAY)/arch/host/replay/%.o: REPLAY_CFLAGS := $(REPLAY_TOOL_CFLAGS)

$(REPLAY)/%.o: %.c $(REPLAY)/flags
	@mkdir -p $(@D)
	$(say) REPLAYCC $<
	$(Q)$(CC) $(REPLAY_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/replay: $(REPLAY_OBJ) $(REPLAY)/link-flags
	$(say) LD $@
	$(Q)$(CC) $(REPLAY_OBJ) -o $@

# mm/ over simulated RAM, for programs of the host: README.md shows one.
$(BUILD)/libbaremm.a: $(REPLAY_MM:%.c=$(REPLAY)/%.o) $(REPLAY)/link-flags
	$(say) AR $@
	$(Q)rm -f $@ && ar rcs $@ $(filter %.o,$^)

# --- natively beside other allocators ---------------------------------------------

# The same objects as replay's. What malloc is, the loader decides: see host.py.
$(OUT)/bench-host: test/bench/host.c $(REPLAY_MM:%.c=$(REPLAY)/%.o) $(REPLAY)/flags
	$(say) LD $@
	$(Q)$(CC) $(REPLAY_TOOL_CFLAGS) -fno-builtin -MMD -MP -MF $@.d $(filter %.c %.o,$^) -o $@

bench-host: $(OUT)/bench-host
	@test/bench/host.py $<

# --- the page allocator's model ----------------------------------------------------

# The test with sanitizers once more without, over replay's objects, for millions of calls.
MODEL_STEPS := 250000

$(MODEL_BIN): test/unit/test_page_model.c $(REPLAY_MM:%.c=$(REPLAY)/%.o) $(REPLAY)/flags
	$(say) TEST $@
	$(Q)$(CC) $(filter-out -fsanitize% -fno-sanitize% -O1,$(TEST_CFLAGS)) -O2 \
		-DMODEL_STEPS=$(MODEL_STEPS) -fno-strict-aliasing -MMD -MP -MF $@.d \
		$(filter %.c %.o,$^) -o $@ -lcmocka

# --- CPUs at once -------------------------------------------------------------------

# mm/ on the host once more, for ThreadSanitizer, which excludes the other sanitizers.
TSAN := $(OUT)/tsan
TSAN_CFLAGS := $(filter-out -fsanitize% -fno-sanitize%,$(HOST_CFLAGS)) -fsanitize=thread \
	$(if $(CLANG),-D__SANITIZE_THREAD__=1,-Wno-maybe-uninitialized -Wno-tsan)

$(TSAN)/flags: FORCE
	$(call stamp,$(CC) $(TSAN_CFLAGS) $(TEST_CFLAGS))

$(TSAN)/%.o: %.c $(TSAN)/flags
	@mkdir -p $(@D)
	$(say) TSANCC $<
	$(Q)$(CC) $(TSAN_CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/test_%_tsan: test/unit/test_%.c $(REPLAY_MM:%.c=$(TSAN)/%.o) $(TSAN)/flags
	$(say) TEST $@
	$(Q)$(CC) $(filter-out -fsanitize% -fno-sanitize%,$(TEST_CFLAGS)) -fsanitize=thread \
		$(if $(CLANG),-D__SANITIZE_THREAD__=1,-Wno-tsan) \
		-MMD -MP -MF $@.d $(filter %.c %.o,$^) -o $@ -lcmocka

# --- running ------------------------------------------------------------------

OPTIONS ?=
QEMU_ARGS ?=
TIMEOUT ?= 120
DISK ?= ahci
export ACCEL

run: $(BUILD)/baremm.img
	@test/qemu/run.sh -i $< -o '$(subst ','\'',$(value OPTIONS))' -d $(DISK) -t $(TIMEOUT) -- $(QEMU_ARGS)

# With sign beside it, the signed one.
usb: $(if $(filter sign,$(MAKECMDGOALS)),sign,$(BUILD)/baremm.img)
	@efi/write-usb.sh $(if $(filter sign,$^),$(SIGNED),$(BUILD))/baremm.img '$(DEV)'

debug: $(BUILD)/baremm.img
	@efi/debug.sh $< $(IMAGE)/baremm.debug.efi '$(subst ','\'',$(value OPTIONS))' $(QEMU_ARGS)

# --- tests and checks ---------------------------------------------------------

# As many compilers as there are CPUs, unless a -j was given.
test:
	@$(MAKE) --no-print-directory $(if $(findstring j,$(MAKEFLAGS)),,-j$(shell nproc)) test-build
	@test/run $(UNIT_BIN) $(MODEL_BIN) $(TSAN_BIN) $(FUZZ_BIN)

# The unit tests with other seeds each time, for MINUTES.
MINUTES ?= 10
soak: $(UNIT_BIN) $(MODEL_BIN) $(TSAN_BIN)
	@test/run --soak $(MINUTES) $^

test-build: $(BUILD)/baremm.img $(BUILD)/hostile.efi $(UNIT_BIN) $(MODEL_BIN) $(TSAN_BIN) \
	$(BUILD)/replay $(BUILD)/libbaremm.a fuzz-build

replay-check: $(BUILD)/replay
	@test/replay/check.py $<

check: format-check headers-check pe-check readme-check compilers-check

C_FILES = $(shell find efi mm arch include test -name '*.[ch]')

format:
	clang-format -i $(C_FILES)

format-check:
	@clang-format --dry-run -Werror $(C_FILES) && echo "$(words $(C_FILES)) files are formatted"

headers-check:
	@test/headers-check.py $(CC) $(IMAGE_CFLAGS) $(EFI_CFLAGS)

# README.md's program compiles, runs, and prints what stands there.
readme-check: $(BUILD)/libbaremm.a
	@test/readme-check.py

pe-check: $(BUILD)/BOOTX64.EFI
	@test/pe-check.py $< $(IMAGE)/program.o $(IMAGE)/ksyms.o

# The other compiler's image, without a warning, and with the same structure.
compilers-check:
	@$(MAKE) --no-print-directory CC=$(if $(CLANG),gcc,clang) other-image

other-image: $(IMAGE)/BOOTX64.EFI
	@test/pe-check.py $< $(IMAGE)/program.o $(IMAGE)/ksyms.o

# --- static analysis ------------------------------------------------------------------

# Each file by three analyzers, once until it or a header changes. All findings of all files are
# shown; none is allowed. gcc's looks best at code that is not optimised: what the optimiser
# makes of a list, it takes for null pointers.
LINT := $(BUILD)/lint
LINT_SRC := $(filter %.c,$(IMAGE_SRC)) $(wildcard arch/host/*.c arch/host/replay/*.c \
	test/unit/*.c test/fuzz/*.c test/hostile/*.c test/bench/*.c test/api/*.c)
LINT_MACHINE := -ffreestanding -fvisibility=hidden -mgeneral-regs-only -include \
	arch/x86_64/include/asm/hidden.h -Iarch/x86_64/include
LINT_HOST := $(OWN_NAMES) -Iarch/host/include -Iarch/host/replay -Itest/unit -I.
LINT_CFLAGS = -std=gnu11 -O0 -fno-strict-aliasing -DBAREMM_VERSION='""' \
	$(if $(filter arch/host/% test/unit/% test/fuzz/% test/bench/%,$<),$(LINT_HOST),$(LINT_MACHINE)) \
	-Iinclude $(if $(filter efi/% test/%,$<),$(EFI_CFLAGS))
# In a test a null pointer is a test that fails, and malloc() of the sanitizers returns none.
LINT_GCC = -fanalyzer -Werror -Wno-analyzer-too-complex $(if $(filter test/%,$<), \
	$(addprefix -Wno-analyzer-,null-dereference null-argument possible-null-dereference \
	possible-null-argument))
# cppcheck takes symbols of the linker script for objects of their own, `a ?: b` for an
# assignment to itself, and counters of 0 for null pointers; in tests it does not see what
# for_each_*() and DMA_BIT_MASK() make, nor that what they pass is wrong on purpose.
LINT_CPPCHECK = -q --error-exitcode=1 --enable=warning,performance,portability --std=c11 \
	--inline-suppr -D__x86_64__ -D__GNUC__=12 -D__GNUC_MINOR__=2 --include=test/cppcheck.h \
	$(addprefix --suppress=,comparePointers selfAssignment ctunullpointer $(if $(filter test/%,$<), \
	uninitvar ctuuninitvar shiftTooManyBits nullPointerRedundantCheck \
	arrayIndexOutOfBoundsCond varFuncNullUB))

lint:
	@$(MAKE) --no-print-directory -k $(if $(findstring j,$(MAKEFLAGS)),,-j$(shell nproc)) lint-files \
		&& echo "lint: $(words $(LINT_SRC)) files, no finding" || \
		{ echo "lint: findings, see above" >&2; exit 1; }

lint-files: $(LINT_SRC:%.c=$(LINT)/%.ok)

$(LINT)/flags: FORCE
	$(call stamp,$(LINT_MACHINE) $(LINT_HOST) $(LINT_CFLAGS) $(LINT_GCC) $(LINT_CPPCHECK))

$(LINT)/%.ok: %.c $(LINT)/flags $(wildcard .clang-tidy */.clang-tidy */*/.clang-tidy) test/cppcheck.h
	@mkdir -p $(@D)
	$(say) LINT $<
	$(Q)gcc $(LINT_CFLAGS) $(LINT_GCC) -MMD -MP -MF $(@:.ok=.d) -MT $@ -c $< -o /dev/null
	$(Q)clang-tidy --quiet $< -- $(LINT_CFLAGS) 2> $(@:.ok=.err) || { cat $(@:.ok=.err); exit 1; }
	$(Q)cppcheck $(LINT_CPPCHECK) $(filter -I% -D%,$(LINT_CFLAGS)) $<
	@touch $@

-include $(shell find $(LINT) -name '*.d' 2>/dev/null)

# --- costs ----------------------------------------------------------------------

bench: $(BUILD)/baremm.img
	@test/bench/bench.py

bench-save:
	@test/bench/bench.py save

bench-check: $(BUILD)/baremm.img
	@test/bench/bench.py check

# --- packages -----------------------------------------------------------------

# What each is for: the image; its disk and signature; running it; loaders that scenarios
# start it by; host tests; checks.
DEPS := gcc clang binutils libc6-dev gnu-efi console-setup-linux \
	gdisk mtools sbsigntool openssl \
	qemu-system-x86 ovmf \
	grub-efi-amd64-bin systemd-boot-efi ipxe \
	libcmocka-dev python3 libclang-rt-dev \
	clang-format
# Linux for make bench: the kernel, what builds a module for it, its initramfs. And
# the allocators for make bench-host.
BENCH_DEPS := make linux-image-amd64 linux-headers-amd64 busybox-static cpio \
	libjemalloc2 libmimalloc2.0 libtcmalloc-minimal4

LINT_DEPS := clang-tidy cppcheck

deps: PACKAGES = $(DEPS)
bench-deps: PACKAGES = $(BENCH_DEPS)
lint-deps: PACKAGES = $(LINT_DEPS)
deps bench-deps lint-deps:
	@missing=$$(for p in $(PACKAGES); do \
		dpkg-query -W -f '$${db:Status-Status}\n' $$p 2>/dev/null | grep -qx installed || \
		echo $$p; done); \
	[ -z "$$missing" ] && exit 0; \
	[ "$$(id -u)" = 0 ] && as= || as='sudo'; \
	install="$$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
		--no-install-recommends"; \
	$$install $$missing || { $$as apt-get update -q && $$install $$missing; }

# Host tests built anew with counters, and what gcov makes of them.
coverage:
	@$(MAKE) --no-print-directory CC=gcc OUT=$(BUILD)/coverage COVERAGE=1 unit > /dev/null 2>&1 || \
		{ echo "a host test failed: see make unit" >&2; exit 1; }
	@cd $(BUILD)/coverage && find host -name '*.gcda' ! -name '*test_*' -exec gcov -n {} + \
		2>/dev/null | awk -f $(CURDIR)/test/coverage.awk | sort

clean:
	rm -rf $(BUILD)

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
