/* test_neighbours.c - how often the host's table of neighbours was full: as others read it. */
#include "netns/host/neighbours.h"
#include "tests/unit/unit.h"

static const char told[] =
    "awk 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == \"table_fulls\") c = i}"
    " NR > 1 {printf \"%s \", $c}' /proc/net/stat/arp_cache";

static void it_is_what_the_kernel_tells(void **state)
{
    (void)state;
    uint64_t before = neighbours_refused(), sum = 0;
    unsigned long long value;
    FILE *f = popen(told, "r");
    assert_non_null(f);
    while (fscanf(f, "%llx", &value) == 1)
        sum += value;
    pclose(f);
    assert_in_range(sum, before, neighbours_refused()); /* others may fill it meanwhile */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_what_the_kernel_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
