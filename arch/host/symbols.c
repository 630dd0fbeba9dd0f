/* SPDX-License-Identifier: MIT */
/* Function names of addresses, from the symbol table of the running program's own file. */
#define _GNU_SOURCE
#include <baremm/arch.h>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const Elf64_Sym **functions; /* by address */
static size_t nr_functions;
static const char *names;
static unsigned long load_bias;

static int take_bias(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	*(unsigned long *)arg = info->dlpi_addr;
	return 1; /* the program itself comes first */
}

static int by_address(const void *a, const void *b)
{
	const Elf64_Sym *const *one = a, *const *other = b;

	return (*one)->st_value < (*other)->st_value ? -1 : (*one)->st_value > (*other)->st_value;
}

static void take_functions(const Elf64_Sym *symbols, size_t nr)
{
	functions = malloc(nr * sizeof(*functions));
	if (!functions)
		return;
	for (size_t i = 0; i < nr; i++)
		if (ELF64_ST_TYPE(symbols[i].st_info) == STT_FUNC && symbols[i].st_size)
			functions[nr_functions++] = &symbols[i];
	qsort(functions, nr_functions, sizeof(*functions), by_address);
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
		names = file + sections[sections[i].sh_link].sh_offset;
		take_functions((const Elf64_Sym *)(file + sections[i].sh_offset),
			       sections[i].sh_size / sizeof(Elf64_Sym));
	}
}

/* The last function that starts at @addr or below; NULL: none does. */
static const Elf64_Sym *last_function(unsigned long addr)
{
	size_t low = 0, high = nr_functions;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (functions[middle]->st_value <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? functions[low - 1] : NULL;
}

const char *arch_symbol(unsigned long addr, unsigned long *offset, unsigned long *size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const Elf64_Sym *function;

	pthread_once(&once, read_symbols);
	addr -= load_bias;
	function = last_function(addr);
	if (!function || addr - function->st_value >= function->st_size)
		return NULL;
	*offset = addr - function->st_value;
	*size = function->st_size;
	return names + function->st_name;
}
