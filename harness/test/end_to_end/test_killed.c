/* mqttspec is killed while its broker runs: the broker, all that it started
 * and its folder are gone. */
#include "expect.h"
#include "mosquitto.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define BEHIND_SCRIPT "harness/test/end_to_end/behind_script.yaml"

static const char *const profiles[] = {MOSQUITTO, BEHIND_SCRIPT};

/* Temporary folders are made in the test's own, and whoever loses its parent
 * becomes a child of the test, which so can wait for its end. */
static void begin(void)
{
    expect_begin();
    setenv("TMPDIR", expect_folder, 1);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static bool folder_is_empty(const char *path)
{
    DIR *folder = opendir(path);
    bool found = false;
    struct dirent *entry;
    while (folder && !found && (entry = readdir(folder)))
        found = entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return folder && !found;
}

/* Tells when the first thing is made in the test's folder. */
static int watch_folder(void)
{
    int watch = inotify_init1(IN_CLOEXEC);
    ck_assert_int_ge(inotify_add_watch(watch, expect_folder, IN_CREATE), 0);
    return watch;
}

static void wait_for_change(int watch)
{
    char event[4096];
    ck_assert_int_gt(read(watch, event, sizeof event), 0);
    close(watch);
}

static void wait_for_all(void)
{
    while (waitpid(-1, NULL, 0) >= 0 || errno == EINTR)
        continue;
}

static void start(struct program *program, const char *profile,
                  const char *select)
{
    const char *const arguments[] = {program_mqttspec(),
                                     "run",
                                     profile,
                                     "--cases",
                                     "harness/test/end_to_end/killed.yaml",
                                     "--verbose",
                                     "--select",
                                     select,
                                     NULL};
    ck_assert(program_start(program, arguments));
}

static void kill_and_look(struct program *program)
{
    struct program_end end;
    ck_assert(mosquitto_is_running(expect_folder));
    kill(program->pid, SIGKILL);
    program_wait(program, &end);
    wait_for_all();
    ck_assert_int_eq(end.signal, SIGKILL);
    ck_assert(!mosquitto_is_running(expect_folder));
    ck_assert(folder_is_empty(expect_folder));
    program_forget(&end);
}

START_TEST(nothing_is_left_of_a_broker)
{
    struct program program;
    start(&program, profiles[_i], "killed/wait");
    ck_assert(program_printed(&program, "the broker offers"));
    kill_and_look(&program);
}
END_TEST

START_TEST(nothing_is_left_of_one_that_was_restarted)
{
    struct program program;
    start(&program, profiles[_i], "killed/");
    ck_assert(program_printed(&program, "killed/restart"));
    kill_and_look(&program);
}
END_TEST

START_TEST(nothing_is_left_in_the_middle_of_a_start)
{
    struct program program;
    const char *const arguments[] = {program_mqttspec(), "run", MOSQUITTO,
                                     NULL};
    int watch = watch_folder();
    ck_assert(program_start(&program, arguments));
    wait_for_change(watch);
    kill(program.pid, SIGKILL);
    wait_for_all();
    ck_assert(!mosquitto_is_running(expect_folder));
}
END_TEST

START_TEST(a_broker_that_cannot_be_started_is_named)
{
    struct program_end end = PROGRAM_RUN(
        "run", "harness/test/end_to_end/no_such_broker.yaml", "--cases", QUICK);
    expect_status(&end, 3);
    expect_text(end.out, "cannot start 'no-such-broker': "
                         "No such file or directory");
    ck_assert(folder_is_empty(expect_folder));
    program_forget(&end);
}
END_TEST

Suite *killed_suite(void)
{
    Suite *suite = suite_create("killed");
    TCase *tcase = tcase_create("brokers");
    int count = (int)(sizeof profiles / sizeof *profiles);
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, begin, expect_end);
    tcase_add_loop_test(tcase, nothing_is_left_of_a_broker, 0, count);
    tcase_add_loop_test(tcase, nothing_is_left_of_one_that_was_restarted, 0,
                        count);
    tcase_add_test(tcase, nothing_is_left_in_the_middle_of_a_start);
    tcase_add_test(tcase, a_broker_that_cannot_be_started_is_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
