/* services.c - see services.h. */
#include "netns/run/services.h"
#include "netns/fleet/dhcpkeys.h"
#include "netns/run/loss.h"

int services_start(struct services *s, const struct job *job, struct world *world)
{
    char bridges[WORLD_BRIDGES];
    *s = (struct services){.job = job, .world = world};
    world_bridges(job->plan, bridges);
    if (job->time.hands && !(s->pacer = pacer_start(job->plan, &job->time, job->fate,
                                                    &job->report->clock)))
        return 3;
    if (job->plan->fleet->has_wan && !(s->wan = wan_start(world, &job->time)))
        return 3;
    if (job->plan->fleet->engine == ENGINE_DNSMASQ)
        s->server = server_start(world, job->options->out_dir, job->out.tftp_log);
    else
        s->witness = tftpwatch_open(world, job->out.tftp_log);
    if (!s->server && !s->witness)
        return 3;
    if (s->server && job->plan->fleet->http == TRI_ON &&
        !(s->http = httpserver_start(world, job->options->out_dir, job->out.tftp_log)))
        return 3;
    if (dhcp_is_ours(job->plan->fleet) &&
        !(s->dhcp = dhcpserver_start(world, job->options->out_dir, job->out.dhcp_log)))
        return 3;
    if (job->manager && !(s->manager = callmanager_start(world, &job->time, job->manager,
                                                         job->cm_log_fd, job->out.events)))
        return 3;
    if (job->lab_fd < 0 && !(s->meter = meter_open(world, job->traffic)))
        return 3;
    if (job->capture_fd >= 0 &&
        !(s->capture = capture_start(world->site_ns, bridges, job->capture_fd)))
        return 3;
    return 0;
}

size_t services_fds(const struct services *s, int fds[SERVICES_FDS])
{
    size_t n = 0;
    fds[n++] = s->server ? server_fd(s->server) : tftpwatch_fd(s->witness);
    if (s->http)
        fds[n++] = httpserver_fd(s->http);
    if (s->meter)
        fds[n++] = meter_fd(s->meter);
    return s->dhcp ? n + dhcpserver_fds(s->dhcp, fds + n) : n;
}

void services_hear(struct services *s, int fd)
{
    if (s->meter && fd == meter_fd(s->meter))
        meter_poll(s->meter);
    else if (s->http && fd == httpserver_fd(s->http))
        loss_note(s->job, JOB_TFTP_LOG, httpserver_hear(s->http));
    else if (s->server && fd == server_fd(s->server))
        loss_note(s->job, JOB_TFTP_LOG, server_hear(s->server));
    else if (s->witness && fd == tftpwatch_fd(s->witness))
        loss_note(s->job, JOB_TFTP_LOG, tftpwatch_poll(s->witness));
    else
        loss_note(s->job, JOB_DHCP_LOG, dhcpserver_hear(s->dhcp));
}

void services_count(const struct services *s, struct run_facts *f)
{
    struct meter_counts counts = meter_read(s->meter);
    f->tcp4051_bytes = counts.tcp4051_bytes;
    f->udp4051_broadcasts = counts.udp4051_broadcasts;
    f->lan_other_frames = counts.other_frames;
    f->meter_dropped = counts.dropped;
}

bool services_alive(struct services *s, pid_t ended)
{
    if (s->http && httpserver_ended(s->http, ended))
        return true; /* phones can do without it */
    return (!s->capture || capture_alive(s->capture, ended)) &&
           (!s->pacer || pacer_alive(s->pacer, ended)) &&
           (!s->wan || wan_alive(s->wan, ended)) &&
           (!s->manager || callmanager_alive(s->manager, ended)) &&
           (!s->server || server_alive(s->server, ended)) &&
           (!s->dhcp || dhcpserver_alive(s->dhcp, ended));
}

int services_stop_capture(struct services *s)
{
    int rc = capture_stop(s->capture);
    s->capture = NULL;
    return rc < 0 ? 3 : 0;
}

void services_stop(struct services *s)
{
    meter_close(s->meter);
    loss_note(s->job, JOB_TFTP_LOG, tftpwatch_close(s->witness));
    loss_note(s->job, JOB_TFTP_LOG, server_stop(s->server));
    callmanager_stop(s->manager);
    loss_note(s->job, JOB_TFTP_LOG, httpserver_stop(s->http));
    loss_note(s->job, JOB_DHCP_LOG, dhcpserver_stop(s->dhcp));
    wan_stop(s->wan);
    pacer_stop(s->pacer);
}
