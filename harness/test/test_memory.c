#include "memory/memory.h"

#include <check.h>
#include <stdalign.h>
#include <string.h>

Suite *memory_suite(void);

/* ---- slices ------------------------------------------------------------ */

START_TEST(slices_compare)
{
    struct slice whole = slice_of("a/b/c");
    struct slice nothing = {0};

    ck_assert(slice_is(whole, "a/b/c"));
    ck_assert(!slice_is(whole, "a/b"));
    ck_assert(!slice_is(whole, "a/b/d"));
    ck_assert(slice_is(nothing, ""));
    ck_assert(slice_equal(nothing, slice_of("")));
    ck_assert(slice_starts(whole, slice_of("a/")));
    ck_assert(!slice_starts(whole, slice_of("b")));
    ck_assert(!slice_starts(slice_of("a"), whole));
    ck_assert(slice_ends(whole, slice_of("/c")));
    ck_assert(!slice_ends(whole, slice_of("b")));
    ck_assert(!slice_ends(slice_of("c"), whole));
    ck_assert(slice_contains(whole, slice_of("/b/")));
    ck_assert(!slice_contains(whole, slice_of("bc")));
}
END_TEST

START_TEST(empty_slices_are_everywhere)
{
    struct slice nothing = {0};

    ck_assert(slice_starts(slice_of("a"), nothing));
    ck_assert(slice_ends(slice_of("a"), nothing));
    ck_assert(slice_contains(slice_of("a"), nothing));
    ck_assert(slice_contains(nothing, nothing));
    ck_assert(slice_ends(nothing, nothing));
    ck_assert(!slice_contains(nothing, slice_of("a")));
}
END_TEST

/* ---- allocation -------------------------------------------------------- */

START_TEST(the_nth_allocation_fails_once)
{
    void *first;
    char *third;

    memory_fail_after(2);
    first = memory_new(1);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(memory_zero(1, 1));
    third = memory_copy("text");
    ck_assert_str_eq(third, "text");
    memory_free(first);
    memory_free(third);
}
END_TEST

START_TEST(the_countdown_can_be_switched_off)
{
    char *copy;

    memory_fail_after(1);
    memory_fail_after(0);
    copy = memory_copy("");
    ck_assert_ptr_nonnull(copy);
    memory_free(copy);
}
END_TEST

START_TEST(no_bytes_are_no_failure)
{
    void *block = memory_new(0);
    void *zero = memory_zero(0, 8);

    ck_assert_ptr_nonnull(block);
    ck_assert_ptr_nonnull(zero);
    block = memory_resize(block, 0);
    ck_assert_ptr_nonnull(block);
    memory_free(block);
    memory_free(zero);
    memory_free(NULL);
}
END_TEST

START_TEST(an_array_larger_than_memory_fails)
{
    ck_assert_ptr_null(memory_zero(SIZE_MAX, 2));
}
END_TEST

/* ---- buffers ----------------------------------------------------------- */

START_TEST(buffers_grow_and_end_with_zero)
{
    struct buffer buffer = buffer_make(100000);

    ck_assert_str_eq(buffer_string(&buffer), "");
    for (int i = 0; i < 10000; i++)
        buffer_text(&buffer, "ab");
    ck_assert(!buffer.failed);
    ck_assert_uint_eq(buffer.size, 20000);
    ck_assert_uint_eq(strlen(buffer_string(&buffer)), 20000);
    buffer_free(&buffer);
    ck_assert_uint_eq(buffer.size, 0);
}
END_TEST

START_TEST(numbers_are_big_endian)
{
    static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7};
    struct buffer buffer = buffer_make(7);

    buffer_u8(&buffer, 1);
    buffer_u16(&buffer, 0x0203);
    buffer_u32(&buffer, 0x04050607);
    ck_assert(slice_equal(buffer_slice(&buffer), slice_make(bytes, 7)));
    buffer_free(&buffer);
}
END_TEST

START_TEST(the_cap_is_exact_and_its_error_sticks)
{
    struct buffer buffer = buffer_make(3);

    buffer_text(&buffer, "abc");
    ck_assert(!buffer.failed);
    buffer_u8(&buffer, 'd');
    ck_assert(buffer.failed);
    ck_assert_str_eq(buffer_string(&buffer), "");
    buffer_drop(&buffer, 3);
    buffer_u8(&buffer, 'e');
    ck_assert_uint_eq(buffer.size, 0);
    buffer_clear(&buffer);
    buffer_u8(&buffer, 'f');
    ck_assert_str_eq(buffer_string(&buffer), "f");
    buffer_free(&buffer);
}
END_TEST

START_TEST(no_memory_fails_a_buffer_and_keeps_its_content)
{
    struct buffer buffer = buffer_make(1000);

    buffer_text(&buffer, "kept");
    memory_fail_after(1);
    for (int i = 0; i < 100; i++)
        buffer_text(&buffer, "more");
    memory_fail_after(0);
    ck_assert(buffer.failed);
    ck_assert(slice_starts(buffer_slice(&buffer), slice_of("keptmore")));
    buffer_free(&buffer);
}
END_TEST

START_TEST(bytes_are_inserted_dropped_and_cut)
{
    struct buffer buffer = buffer_make(100);

    buffer_text(&buffer, "ad");
    buffer_insert(&buffer, 1, "bc", 2);
    buffer_insert(&buffer, 4, "e", 1);
    buffer_insert(&buffer, 0, "_", 1);
    ck_assert_str_eq(buffer_string(&buffer), "_abcde");
    buffer_drop(&buffer, 2);
    ck_assert_str_eq(buffer_string(&buffer), "bcde");
    buffer_truncate(&buffer, 3);
    buffer_truncate(&buffer, 9);
    ck_assert_str_eq(buffer_string(&buffer), "bcd");
    buffer_drop(&buffer, 9);
    ck_assert_str_eq(buffer_string(&buffer), "");
    buffer_insert(&buffer, 1, "x", 1);
    ck_assert(buffer.failed);
    buffer_free(&buffer);
}
END_TEST

START_TEST(formats_append)
{
    struct buffer buffer = buffer_make(100);
    struct buffer small = buffer_make(2);

    buffer_text(&buffer, "n=");
    buffer_format(&buffer, "%d %s", 42, "x");
    ck_assert_str_eq(buffer_string(&buffer), "n=42 x");
    buffer_format(&small, "%d", 123);
    ck_assert(small.failed);
    ck_assert_uint_eq(small.size, 0);
    buffer_free(&buffer);
    buffer_free(&small);
}
END_TEST

/* ---- arenas ------------------------------------------------------------ */

START_TEST(arena_blocks_are_zeroed_and_aligned)
{
    struct arena *arena = arena_new(1 << 20);

    for (size_t size = 1; size < 9000; size = size * 3 + 1) {
        uint8_t *block = arena_alloc(arena, size);

        ck_assert_uint_eq((uintptr_t)block % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            ck_assert_uint_eq(block[i], 0);
        memset(block, 0xff, size);
    }
    ck_assert(!arena_failed(arena));
    arena_free(arena);
}
END_TEST

START_TEST(arena_copies_texts)
{
    struct arena *arena = arena_new(1000);
    struct slice copy = arena_slice(arena, slice_of("bytes"));

    ck_assert_str_eq(arena_text(arena, "text"), "text");
    ck_assert_str_eq(arena_text_of(arena, slice_make("abc", 2)), "ab");
    ck_assert_str_eq(arena_format(arena, "%s-%d", "n", 7), "n-7");
    ck_assert(slice_is(copy, "bytes"));
    copy = arena_slice(arena, slice_of(""));
    ck_assert_ptr_null(copy.data);
    ck_assert(!arena_failed(arena));
    arena_free(arena);
}
END_TEST

START_TEST(the_arena_cap_bounds_the_sum)
{
    struct arena *arena = arena_new(100);

    ck_assert_ptr_nonnull(arena_alloc(arena, 60));
    ck_assert_ptr_null(arena_alloc(arena, 41));
    ck_assert(arena_failed(arena));
    ck_assert_ptr_nonnull(arena_alloc(arena, 40));
    ck_assert(arena_failed(arena));
    arena_free(arena);
}
END_TEST

START_TEST(arena_arrays_do_not_overflow)
{
    struct arena *arena = arena_new(SIZE_MAX);

    ck_assert_ptr_null(arena_array(arena, SIZE_MAX / 2, 4));
    ck_assert(arena_failed(arena));
    ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX));
    ck_assert_ptr_nonnull(arena_array(arena, 3, 4));
    arena_free(arena);
}
END_TEST

START_TEST(arena_survives_each_failure)
{
    for (long n = 1; n <= 3; n++) {
        struct arena *arena;

        memory_fail_after(n);
        arena = arena_new(1 << 20);
        if (arena) {
            arena_text(arena, "small");
            arena_alloc(arena, 50000);
            ck_assert(arena_failed(arena));
            ck_assert_str_eq(arena_text(arena, "again"), "again");
        }
        memory_fail_after(0);
        ck_assert(n == 1 ? arena == NULL : arena != NULL);
        arena_free(arena);
    }
}
END_TEST

Suite *memory_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *tcase = tcase_create("memory");

    tcase_add_test(tcase, slices_compare);
    tcase_add_test(tcase, empty_slices_are_everywhere);
    tcase_add_test(tcase, the_nth_allocation_fails_once);
    tcase_add_test(tcase, the_countdown_can_be_switched_off);
    tcase_add_test(tcase, no_bytes_are_no_failure);
    tcase_add_test(tcase, an_array_larger_than_memory_fails);
    tcase_add_test(tcase, buffers_grow_and_end_with_zero);
    tcase_add_test(tcase, numbers_are_big_endian);
    tcase_add_test(tcase, the_cap_is_exact_and_its_error_sticks);
    tcase_add_test(tcase, no_memory_fails_a_buffer_and_keeps_its_content);
    tcase_add_test(tcase, bytes_are_inserted_dropped_and_cut);
    tcase_add_test(tcase, formats_append);
    tcase_add_test(tcase, arena_blocks_are_zeroed_and_aligned);
    tcase_add_test(tcase, arena_copies_texts);
    tcase_add_test(tcase, the_arena_cap_bounds_the_sum);
    tcase_add_test(tcase, arena_arrays_do_not_overflow);
    tcase_add_test(tcase, arena_survives_each_failure);
    suite_add_tcase(suite, tcase);
    return suite;
}
