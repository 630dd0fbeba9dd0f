// SPDX-License-Identifier: MIT
/* The ports of a bus: found by number while others are plugged and pulled. */
#include <linux/errno.h>
#include <linux/klist.h>
#include <linux/slab.h>

struct port {
	struct klist_node on_bus;
	struct kref ref;
	int number;
};

static void port_free(struct kref *ref)
{
	kfree(container_of(ref, struct port, ref));
}

static void port_get(struct klist_node *n)
{
	kref_get(&container_of(n, struct port, on_bus)->ref);
}

static void port_put(struct klist_node *n)
{
	kref_put(&container_of(n, struct port, on_bus)->ref, port_free);
}

static DEFINE_KLIST(ports, port_get, port_put);
static struct klist spare_ports;

int port_plug(int number, struct port *behind);
int port_plug(int number, struct port *behind)
{
	struct port *port = kzalloc(sizeof(*port), GFP_KERNEL);

	if (!port)
		return -ENOMEM;
	kref_init(&port->ref);
	port->number = number;
	if (behind && klist_node_attached(&behind->on_bus))
		klist_add_behind(&port->on_bus, &behind->on_bus);
	else
		klist_add_tail(&port->on_bus, &ports);
	port_put(&port->on_bus);
	return 0;
}

void port_pull(struct port *port, bool wait);
void port_pull(struct port *port, bool wait)
{
	if (wait)
		klist_remove(&port->on_bus);
	else
		klist_del(&port->on_bus);
}

int port_count(struct port *from);
int port_count(struct port *from)
{
	struct klist_iter i;
	int count = 0;

	klist_init(&spare_ports, NULL, NULL);
	klist_iter_init_node(&ports, &i, from ? &from->on_bus : NULL);
	while (klist_next(&i))
		count++;
	klist_iter_exit(&i);
	klist_iter_init(&ports, &i);
	count += klist_prev(&i) != NULL;
	klist_iter_exit(&i);
	return count;
}
