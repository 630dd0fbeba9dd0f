// SPDX-License-Identifier: MIT
/*
 * Red-black trees. Contracts: linux/rbtree.h, linux/rbtree_augmented.h. Left and right
 * mirror each other, so that each case is written once, for a side and the other.
 */
#include <linux/rbtree_augmented.h>

#define RB_BLACK 1UL

enum side { LEFT, RIGHT };

static struct rb_node **child(struct rb_node *node, enum side side)
{
	return side == LEFT ? &node->rb_left : &node->rb_right;
}

static enum side other(enum side side)
{
	return side == LEFT ? RIGHT : LEFT;
}

/* No node counts as a black one. */
static bool is_black(const struct rb_node *node)
{
	return !node || (node->__rb_parent_color & RB_BLACK);
}

static void set_black(struct rb_node *node)
{
	node->__rb_parent_color |= RB_BLACK;
}

static void set_red(struct rb_node *node)
{
	node->__rb_parent_color &= ~RB_BLACK;
}

static void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->__rb_parent_color = (unsigned long)parent | (node->__rb_parent_color & RB_BLACK);
}

static enum side side_of(const struct rb_node *node, const struct rb_node *parent)
{
	return node == parent->rb_left ? LEFT : RIGHT;
}

/* What pointed from @parent, or the root, to @old points to @new. */
static void relink(struct rb_root *root, struct rb_node *parent, const struct rb_node *old,
		   struct rb_node *new)
{
	if (parent)
		*child(parent, side_of(old, parent)) = new;
	else
		root->rb_node = new;
}

/*
 * Turns @x down to @side; the child from the other side comes up:
 *
 *      x                y
 *     / \              / \
 *    a   y    LEFT:   x   c
 *       / \          / \
 *      b   c        a   b
 */
static void rotate(struct rb_root *root, struct rb_node *x, enum side side,
		   const struct rb_augment_callbacks *augment)
{
	struct rb_node *y = *child(x, other(side)), *b = *child(y, side), *parent = rb_parent(x);

	*child(x, other(side)) = b;
	if (b)
		set_parent(b, x);
	relink(root, parent, x, y);
	set_parent(y, parent);
	*child(y, side) = x;
	set_parent(x, y);
	if (augment)
		augment->rotate(x, y);
}

/* A red node that comes in may have a red parent: colours go up, or a rotation ends it. */
static void insert_fixup(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	struct rb_node *parent;

	while ((parent = rb_parent(node)) && !is_black(parent)) {
		struct rb_node *grandparent = rb_parent(parent);
		enum side side = side_of(parent, grandparent);
		struct rb_node *uncle = *child(grandparent, other(side));

		if (!is_black(uncle)) {
			set_black(parent);
			set_black(uncle);
			set_red(grandparent);
			node = grandparent;
			continue;
		}
		if (node == *child(parent, other(side))) {
			rotate(root, parent, side, augment);
			parent = node;
		}
		set_black(parent);
		set_red(grandparent);
		rotate(root, grandparent, other(side), augment);
		break;
	}
	set_black(root->rb_node);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	insert_fixup(node, root, NULL);
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	insert_fixup(node, root, augment);
}

/* Ways through @node, below @parent, lack one black node. */
static void erase_fixup(struct rb_node *node, struct rb_node *parent, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	while (parent && is_black(node)) {
		enum side side = side_of(node, parent), away = other(side);
		struct rb_node *sibling = *child(parent, away);

		if (!is_black(sibling)) {
			set_black(sibling);
			set_red(parent);
			rotate(root, parent, side, augment);
			sibling = *child(parent, away);
		}
		if (is_black(sibling->rb_left) && is_black(sibling->rb_right)) {
			set_red(sibling);
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (is_black(*child(sibling, away))) {
			set_black(*child(sibling, side));
			set_red(sibling);
			rotate(root, sibling, away, augment);
			sibling = *child(parent, away);
		}
		if (is_black(parent))
			set_black(sibling);
		else
			set_red(sibling);
		set_black(parent);
		set_black(*child(sibling, away));
		rotate(root, parent, side, augment);
		return;
	}
	if (node)
		set_black(node);
}

/* A node with one child at the most: that comes up. */
static void erase_simple(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	struct rb_node *below = node->rb_left ? node->rb_left : node->rb_right;
	struct rb_node *parent = rb_parent(node);

	relink(root, parent, node, below);
	if (below)
		set_parent(below, parent);
	if (augment)
		augment->propagate(parent, NULL);
	if (is_black(node))
		erase_fixup(below, parent, root, augment);
}

/* A node with two children: the next one, which has no left child, takes its place. */
static void erase_inner(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	struct rb_node *next = node->rb_right, *parent, *below;
	bool was_black;

	while (next->rb_left)
		next = next->rb_left;
	below = next->rb_right;
	was_black = is_black(next);
	parent = rb_parent(next);
	if (parent == node) {
		parent = next;
	} else {
		parent->rb_left = below;
		if (below)
			set_parent(below, parent);
		next->rb_right = node->rb_right;
		set_parent(next->rb_right, next);
	}
	next->rb_left = node->rb_left;
	set_parent(next->rb_left, next);
	relink(root, rb_parent(node), node, next);
	next->__rb_parent_color = node->__rb_parent_color;
	if (augment) {
		augment->copy(node, next);
		augment->propagate(parent, next);
		augment->propagate(next, NULL);
	}
	if (was_black)
		erase_fixup(below, parent, root, augment);
}

static void erase(struct rb_node *node, struct rb_root *root,
		  const struct rb_augment_callbacks *augment)
{
	if (node->rb_left && node->rb_right)
		erase_inner(node, root, augment);
	else
		erase_simple(node, root, augment);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	erase(node, root, NULL);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	erase(node, root, augment);
}

void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	*new = *victim;
	if (victim->rb_left)
		set_parent(victim->rb_left, new);
	if (victim->rb_right)
		set_parent(victim->rb_right, new);
	relink(root, rb_parent(victim), victim, new);
}

/* ---- Walking ------------------------------------------------------------------------ */

/* The last node down from @node on @side. */
static struct rb_node *outermost(struct rb_node *node, enum side side)
{
	while (node && *child(node, side))
		node = *child(node, side);
	return node;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return outermost(root->rb_node, LEFT);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return outermost(root->rb_node, RIGHT);
}

/* The neighbour of @node on @side: below it on that side, or the first above it there. */
static struct rb_node *neighbour(const struct rb_node *node, enum side side)
{
	struct rb_node *below, *parent;

	if (RB_EMPTY_NODE(node))
		return NULL;
	below = side == LEFT ? node->rb_left : node->rb_right;
	if (below)
		return outermost(below, other(side));
	while ((parent = rb_parent(node)) && side_of(node, parent) == side)
		node = parent;
	return parent;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour(node, RIGHT);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour(node, LEFT);
}

static struct rb_node *first_leaf(struct rb_node *node)
{
	while (node && (node->rb_left || node->rb_right))
		node = node->rb_left ? node->rb_left : node->rb_right;
	return node;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return first_leaf(root->rb_node);
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = node ? rb_parent(node) : NULL;

	if (parent && node == parent->rb_left && parent->rb_right)
		return first_leaf(parent->rb_right);
	return parent;
}
