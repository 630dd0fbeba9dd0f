/* SPDX-License-Identifier: MIT */
/* Areas of all kinds, made and given back at random, against a model. */
#include "vmalloc_model.h"

#define STEPS	    30000
#define AUDIT_EVERY 512

static u32 next_random(u32 below)
{
	return (u32)arch_random() % below;
}

static void areas_agree_with_the_model(void **state)
{
	(void)state;
	host_test_seed("vmalloc_model");
	model_random = next_random;
	model_begin();
	for (unsigned int i = 1; i <= STEPS; i++) {
		model_step();
		if (i % AUDIT_EVERY == 0)
			model_audit();
		host_log_clear();
	}
	host_set_cpu(0);
	model_give_all_back();
	/* What never happened was not tested. */
	for (int kind = AREA_VMALLOC; kind < NR_MODEL_KINDS; kind++)
		assert_int_not_equal(vmodel.made[kind], 0);
	assert_int_not_equal(vmodel.reused, 0);
	assert_int_not_equal(vmodel.huge, 0);
	assert_int_not_equal(vmodel.mistakes, 0);
}

static int make_model_machine(void **state)
{
	nr_cpu_ids = 4;
	return make_vmalloc_machine(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
		areas_agree_with_the_model, make_model_machine, end_vmalloc_machine)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
