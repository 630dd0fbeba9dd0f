// SPDX-License-Identifier: MIT
/* A graphics card: its framebuffer in parts, its tables where firmware left them. */
#include <linux/errno.h>
#include <linux/io-mapping.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/string.h>

struct card {
	struct io_mapping *aperture;
	struct io_mapping stolen;
	void *tables;
};

int card_map(struct card *card, resource_size_t base, unsigned long size, resource_size_t tables);
int card_map(struct card *card, resource_size_t base, unsigned long size, resource_size_t tables)
{
	card->aperture = io_mapping_create_wc(base, size);
	if (!card->aperture)
		return -ENOMEM;
	if (!io_mapping_init_wc(&card->stolen, base + size, PAGE_SIZE))
		goto free;
	card->tables = memremap(tables, 512, MEMREMAP_WB | MEMREMAP_WT);
	if (card->tables)
		return 0;
	io_mapping_fini(&card->stolen);
free:
	io_mapping_free(card->aperture);
	return -EIO;
}

bool card_draw(struct card *card, unsigned long offset, const void *line, struct page *source);
bool card_draw(struct card *card, unsigned long offset, const void *line, struct page *source)
{
	void __iomem *to = io_mapping_map_local_wc(card->aperture, offset);

	memcpy_toio(to, line, 64);
	io_mapping_unmap_local(to);
	to = io_mapping_map_atomic_wc(card->aperture, offset + PAGE_SIZE);
	writel(1, to);
	io_mapping_unmap_atomic(to);
	to = io_mapping_map_wc(&card->stolen, 0, 64);
	memset_io(to, 0, 64);
	io_mapping_unmap(to);
	return is_device_private_page(source) || is_pci_p2pdma_page(source) ||
	       folio_is_device_coherent(page_folio(source));
}

void card_unmap(struct card *card);
void card_unmap(struct card *card)
{
	memunmap(card->tables);
	io_mapping_fini(&card->stolen);
	io_mapping_free(card->aperture);
}
