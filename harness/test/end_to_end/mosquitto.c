#include "mosquitto.h"
#include "fake_broker.h"
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 4096

static bool write_configuration(const struct mosquitto *broker,
                                const char *certs, uint16_t tcp, uint16_t tls)
{
    char path[PATH_MAX];
    char full[PATH_MAX];
    snprintf(path, sizeof path, "%s/mosquitto.conf", broker->folder);
    FILE *file = fopen(path, "w");
    if (!file || !realpath(certs, full))
        return false;
    fprintf(file,
            "user root\nallow_anonymous false\npassword_file %s/passwords\n"
            "log_dest stderr\n"
            "listener %u 127.0.0.1\n"
            "listener %u 127.0.0.1\ncertfile %s/server.pem\n"
            "keyfile %s/server.key\n",
            broker->folder, tcp, tls, full, full);
    return fclose(file) == 0;
}

/* Runs in a child until its end. */
static bool perform(const char *const *arguments)
{
    pid_t pid = fork();
    int status = 1;
    if (pid == 0) {
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool write_passwords(const struct mosquitto *broker)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/passwords", broker->folder);
    return perform((const char *const[]){"mosquitto_passwd", "-b", "-c", path,
                                         BROKER_USER, BROKER_PASSWORD, NULL});
}

static _Noreturn void become_mosquitto(const struct mosquitto *broker, int log)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/mosquitto.conf", broker->folder);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log, STDERR_FILENO);
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", 1);
    execlp("mosquitto", "mosquitto", "-c", path, (char *)NULL);
    _exit(127);
}

/* Its log says when it listens; the pipe stays open for what comes later. */
static bool wait_until_it_runs(int log)
{
    char text[8192];
    size_t size = 0;
    while (size + 1 < sizeof text) {
        ssize_t got = read(log, text + size, sizeof text - size - 1);
        if (got <= 0)
            return false;
        size += (size_t)got;
        text[size] = 0;
        if (strstr(text, " running"))
            return true;
    }
    return false;
}

static bool start_mosquitto(struct mosquitto *broker)
{
    int log[2];
    if (pipe2(log, O_CLOEXEC) != 0)
        return false;
    fflush(NULL);
    broker->pid = fork();
    if (broker->pid == 0)
        become_mosquitto(broker, log[1]);
    close(log[1]);
    return broker->pid > 0 && wait_until_it_runs(log[0]);
}

bool mosquitto_start(struct mosquitto *broker, const char *certs)
{
    uint16_t tcp = fake_free_port();
    uint16_t tls = fake_free_port();
    snprintf(broker->tcp, sizeof broker->tcp, "mqtt://127.0.0.1:%u", tcp);
    snprintf(broker->tls, sizeof broker->tls, "mqtts://localhost:%u", tls);
    return scratch_make(broker->folder) &&
           write_configuration(broker, certs, tcp, tls) &&
           write_passwords(broker) && start_mosquitto(broker);
}

void mosquitto_stop(struct mosquitto *broker)
{
    kill(broker->pid, SIGTERM);
    waitpid(broker->pid, NULL, 0);
    scratch_remove(broker->folder);
}

/* The arguments stand one behind the other, each ended by a zero. */
static bool arguments_hold(const char *pid, const char *text)
{
    char path[300];
    char arguments[ARGUMENTS_MAX];
    snprintf(path, sizeof path, "/proc/%s/cmdline", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t size = fread(arguments, 1, sizeof arguments, file);
    fclose(file);
    return memmem(arguments, size, text, strlen(text)) != NULL;
}

bool mosquitto_is_running(const char *text)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    bool found = false;
    while (processes && !found && (entry = readdir(processes)))
        found = isdigit((unsigned char)entry->d_name[0]) &&
                arguments_hold(entry->d_name, text);
    if (processes)
        closedir(processes);
    return found;
}
