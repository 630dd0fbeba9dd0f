/* SPDX-License-Identifier: MIT */
/* Function names of addresses, from the symbol table of the running program's own file. */
#define _GNU_SOURCE
#include <baremm/arch.h>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const Elf64_Sym *symbols;
static size_t nr_symbols;
static const char *names;
static unsigned long load_bias;

static int take_bias(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	*(unsigned long *)arg = info->dlpi_addr;
	return 1; /* the program itself comes first */
}

static void read_symbols(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	const Elf64_Shdr *sections;
	const Elf64_Ehdr *header;
	const char *file;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return;
	file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (file == MAP_FAILED)
		return;
	dl_iterate_phdr(take_bias, &load_bias);
	header = (const Elf64_Ehdr *)file;
	sections = (const Elf64_Shdr *)(file + header->e_shoff);
	for (int i = 0; i < header->e_shnum; i++) {
		if (sections[i].sh_type != SHT_SYMTAB)
			continue;
		symbols = (const Elf64_Sym *)(file + sections[i].sh_offset);
		nr_symbols = sections[i].sh_size / sizeof(*symbols);
		names = file + sections[sections[i].sh_link].sh_offset;
	}
}

const char *arch_symbol(unsigned long addr, unsigned long *offset, unsigned long *size)
{
	static bool read;

	if (!read)
		read_symbols();
	read = true;
	for (size_t i = 0; i < nr_symbols; i++) {
		unsigned long start = symbols[i].st_value + load_bias;

		if (ELF64_ST_TYPE(symbols[i].st_info) != STT_FUNC || addr < start ||
		    addr - start >= symbols[i].st_size)
			continue;
		*offset = addr - start;
		*size = symbols[i].st_size;
		return names + symbols[i].st_name;
	}
	return NULL;
}
