// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_base.c - maps, searches in vectors, lines of fields, scope guards.
 */
#include "base/tsv.h"
#include "base/util.h"
#include "test.h"

/* Enough keys for the table to grow, numbers that collide in the low bits, and 0. */
static void numbers_as_keys(void)
{
	static char values[5000];
	struct nummap map = { 0 };
	bool right = true;

	CHECK(!nummap_get(&map, 0));
	for (size_t i = 0; i < sizeof(values); i++)
		right &= !nummap_put(&map, i << 20, &values[i]);
	for (size_t i = 0; i < sizeof(values); i++)
		right &= nummap_get(&map, i << 20) == &values[i] && !nummap_get(&map, (i << 20) + 1);
	CHECK(right);
	CHECK(map.base.n == sizeof(values) && map.base.cap >= 2 * map.base.n);
	CHECK(nummap_put(&map, 0, &values[7]) == &values[0] && nummap_get(&map, 0) == &values[7]);
	nummap_free(&map);
	CHECK(!map.base.n && !nummap_get(&map, 0));
}

static void strings_as_keys(void)
{
	_cleanup_strmap_ struct strmap map = { 0 };
	char a[] = "name", b[] = "name";

	CHECK(!strmap_put(&map, a, a) && strmap_get(&map, b) == a);
	CHECK(strmap_put(&map, b, b) == a && strmap_get(&map, a) == b && map.base.n == 1);
	CHECK(!strmap_get(&map, "nam") && !strmap_get(&map, ""));
}

static bool is_same_parity(const void *a, const void *b)
{
	return *(const char *)a % 2 == *(const char *)b % 2;
}

/* The caller decides whether keys with the same hash are equal. */
static void equal_keys(void)
{
	struct map map = { 0 };
	char one = 1, two = 2, three = 3;

	CHECK(!map_put(&map, 5, &one, &one, is_same_parity));
	CHECK(!map_put(&map, 5, &two, &two, is_same_parity));
	CHECK(map_get(&map, 5, &three, is_same_parity) == &one);
	CHECK(!map_get(&map, 5, &three, NULL) && !map_get(&map, 6, &one, is_same_parity));
	map_free(&map);
}

static void searches(void)
{
	_cleanup_vec_ VEC(size_t) v = { 0 };
	size_t missing = 4, present = 5;

	vec_sort(&v, compare_sizes);
	CHECK(!vec_search(&v, &present, compare_sizes) && !vec_bisect(p, &v, *p < 5));
	for (size_t i = 0; i < 10; i++)
		vec_push(&v, 19 - 2 * i);
	vec_sort(&v, compare_sizes); /* 1, 3, ... 19 */
	CHECK(!vec_search(&v, &missing, compare_sizes));
	CHECK(vec_search(&v, &present, compare_sizes) == &v.v[2]);
	for (size_t n = 0; n < 22; n++)
		CHECK(vec_bisect(p, &v, *p < n) == n / 2);
	CHECK(bisect(i, 100, i * i < 50) == 8 && bisect(i, 100, true) == 100);
}

static void fields(void)
{
	char text[] = "a\tb\t\n\n1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\n"
		      "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14";
	struct tsv tsv = { .rest = text };

	CHECK_STR(tsv_next(&tsv), "a");
	CHECK(tsv.n == 3 && !*tsv.fields[2]);
	CHECK_STR(tsv.fields[1], "b");
	CHECK_STR(tsv_next(&tsv), "");
	CHECK(tsv.n == 1 && tsv.line == 2);
	CHECK_STR(tsv_next(&tsv), "1");
	CHECK(tsv.n == TSV_MAX_FIELDS);
	CHECK_STR(tsv.fields[11], "12");
	CHECK_STR(tsv_next(&tsv), "1");
	CHECK(tsv.n > TSV_MAX_FIELDS && tsv.line == 4);
	CHECK(!tsv_next(&tsv));
}

int main(void)
{
	RUN(numbers_as_keys);
	RUN(strings_as_keys);
	RUN(equal_keys);
	RUN(searches);
	RUN(fields);
	return TEST_STATUS;
}
