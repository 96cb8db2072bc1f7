#include "expect.h"
#include "mosquitto.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char expect_folder[SCRATCH_PATH];

void expect_begin(void)
{
    ck_assert(scratch_make(expect_folder));
}

void expect_end(void)
{
    scratch_remove(expect_folder);
}

const char *expect_file(const char *name)
{
    static char paths[2][PATH_MAX];
    static int turn;
    turn = !turn;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", expect_folder, name);
    return paths[turn];
}

static struct program_end perform(const char *const *arguments)
{
    struct program program;
    struct program_end end = {.status = -1};
    ck_assert(program_start(&program, arguments));
    program_wait(&program, &end);
    return end;
}

static void expect_success(const char *const *arguments)
{
    struct program_end end = perform(arguments);
    expect_status(&end, 0);
    program_forget(&end);
}

/* What the counters say and what is there, in one XPath expression. */
static const char counters[] =
    "sum(//testsuite/@tests) = count(//testcase) and "
    "sum(//testsuite/@failures) = count(//testcase[failure]) and "
    "sum(//testsuite/@errors) = count(//testcase[error]) and "
    "count(//testcase) > 0";

void expect_xpath(const char *path, const char *expression)
{
    struct program_end end = perform(
        (const char *const[]){"xmllint", "--xpath", expression, path, NULL});
    ck_assert_msg(strncmp(end.out, "true", 4) == 0, "%s: not %s\n%s", path,
                  expression, end.err);
    program_forget(&end);
}

void expect_junit(const char *path)
{
    static const char reader[] =
        "import sys, junitparser\n"
        "xml = junitparser.JUnitXml.fromfile(sys.argv[1])\n"
        "assert sum(1 for suite in xml for case in suite) > 0\n";
    expect_success((const char *const[]){"xmllint", "--noout", path, NULL});
    expect_xpath(path, counters);
    expect_success(
        (const char *const[]){"/usr/bin/python3", "-c", reader, path, NULL});
}

bool expect_in_file(const char *path, const char *text)
{
    struct program_end end =
        perform((const char *const[]){"grep", "-qF", "-e", text, path, NULL});
    program_forget(&end);
    return end.status == 0;
}
