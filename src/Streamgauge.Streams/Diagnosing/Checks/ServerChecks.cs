using System.Globalization;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>The server itself: does it answer, is it one to count on, does its clock agree.</summary>
internal static class ServerChecks
{
    private const int Pings = 9;
    private const int SlowEntriesLookedAt = 128;
    private const long BusyThresholdMsMin = 1_000;
    private const long IdleTimeoutSecondsMin = 60;
    private const long OutputBufferBytesMin = 64L << 20;
    private static readonly TimeSpan RoundTripMax = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan SkewWarn = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SkewFail = TimeSpan.FromMinutes(5); // an event from further in the future counts at its arrival
    private static readonly TimeSpan SlowCall = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SlowCallsOf = TimeSpan.FromHours(1);

    public static async Task<Finding> ReachableAsync(Examination server, CancellationToken cancellationToken)
    {
        var time = server.Options.Connection.TimeProvider;
        var trips = new TimeSpan[Pings];
        try
        {
            await server.ConnectAsync(cancellationToken);
            server.IsConnected = true;
            for (var i = 0; i < Pings; i++)
            {
                var start = time.GetTimestamp();
                await server.ExecuteAsync(["PING"], cancellationToken);
                trips[i] = time.GetElapsedTime(start);
            }
        }
        catch (RedisReplyException e) when (server.IsConnected)
        {
            if (e.Code == "NOPERM") throw; // what is forbidden is for the examiner to name
            return Finding.Fail($"answers {e.Code}", e.Message, e.Code == "BUSY" ? server.Repair.Redis("FUNCTION", "KILL") : server.Repair.Redis("INFO", "persistence"));
        }
        catch (RedisException e)
        {
            server.IsConnected = false;
            return Finding.Fail("no answer", e.Message, e is RedisConnectionException ? "systemctl start redis-server" : server.Repair.Redis("PING"));
        }

        Array.Sort(trips);
        var median = trips[Pings / 2];
        var seen = string.Create(CultureInfo.InvariantCulture, $"answers in {median.TotalMilliseconds:0.00} ms (median of {Pings})");
        return median <= RoundTripMax
            ? Finding.Ok(seen)
            : Finding.Warn(seen, "Every batch waits for several round trips: run processors near Redis, or see what keeps it busy.", server.Repair.Redis("LATENCY", "DOCTOR"));
    }

    public static async Task<Finding> VersionAsync(Examination server, CancellationToken cancellationToken) =>
        VersionFloors.Judge(await server.InfoAsync("redis_version", cancellationToken), await server.InfoAsync("server_name", cancellationToken));

    public static async Task<Finding> RoleAsync(Examination server, CancellationToken cancellationToken)
    {
        if (await server.InfoAsync("role", cancellationToken) is not ("slave" or "replica")) return Finding.Ok("master");
        var master = $"{await server.InfoAsync("master_host", cancellationToken)}:{await server.InfoAsync("master_port", cancellationToken)}";
        return Finding.Fail($"replica of {master}", "Replicas take no writes: give --redis the master's address, or promote this server if the master is gone for good.", server.Repair.Redis("REPLICAOF", "NO", "ONE"));
    }

    public static async Task<Finding> ClockAsync(Examination server, CancellationToken cancellationToken)
    {
        var time = server.Options.Connection.TimeProvider;
        var connection = await server.ConnectAsync(cancellationToken);
        var before = time.GetUtcNow();
        var theirs = await RetainedStream.ReadClockAsync(connection, cancellationToken);
        var halfTrip = (time.GetUtcNow() - before) / 2;
        var skew = theirs - (before + halfTrip);
        var certain = skew.Duration() - halfTrip;
        var seen = string.Create(CultureInfo.InvariantCulture, $"Redis is {skew.Duration().TotalSeconds:0.000} s {(skew < TimeSpan.Zero ? "behind" : "ahead of")} this machine, give or take {halfTrip.TotalMilliseconds:0.0} ms");
        const string why = "Entries are dated by Redis, events by their senders: lag, windows and 'late' are wrong by the difference. Run this where the clock is off.";
        const string repair = "timedatectl set-ntp true";
        return certain >= SkewFail ? Finding.Fail(seen, why, repair) : certain >= SkewWarn ? Finding.Warn(seen, why, repair) : Finding.Ok(seen);
    }

    public static async Task<Finding> SlowCallsAsync(Examination server, CancellationToken cancellationToken)
    {
        var log = await server.ExecuteAsync(["SLOWLOG", "GET", SlowEntriesLookedAt.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        var since = (await RetainedStream.ReadClockAsync(await server.ConnectAsync(cancellationToken), cancellationToken) - SlowCallsOf).ToUnixTimeSeconds();
        var slow = log.Items
            .Where(entry => entry[1].AsInteger() >= since && entry[2].AsInteger() > SlowCall.TotalMicroseconds && IsOurs(entry[3].Items))
            .Select(entry => (Function: entry[3][1].AsText(), Microseconds: entry[2].AsInteger()))
            .ToList();
        if (slow.Count == 0) return Finding.Ok($"no call of ours above {SlowCall.TotalMilliseconds:0} ms in the last hour's slow log");
        var worst = slow.MaxBy(call => call.Microseconds);
        return Finding.Warn(
            $"{slow.Count} calls above {SlowCall.TotalMilliseconds:0} ms in the last hour, the slowest {worst.Function} with {worst.Microseconds / 1000:N0} ms",
            "Redis serves nobody else meanwhile. Make commits smaller, or see what else keeps the machine busy; SLOWLOG RESET forgets what was seen.",
            worst.Function == "sg_commit_v1" ? server.Repair.Streamgauge("process --commit-events 4000") : server.Repair.Redis("SLOWLOG", "RESET"));
    }

    public static async Task<Finding> IdleTimeoutAsync(Examination server, CancellationToken cancellationToken)
    {
        var seconds = await server.ConfigNumberAsync("timeout", cancellationToken);
        var seen = seconds == 0 ? "idle connections stay" : $"idle connections are closed after {seconds} s";
        return seconds is 0 or >= IdleTimeoutSecondsMin ? Finding.Ok(seen) : Finding.Warn(seen, "Senders and readers that pause must connect anew each time.", server.Repair.Config("timeout", "0"));
    }

    public static async Task<Finding> KeepAliveAsync(Examination server, CancellationToken cancellationToken)
    {
        var seconds = await server.ConfigNumberAsync("tcp-keepalive", cancellationToken);
        return seconds > 0
            ? Finding.Ok($"dead peers are noticed (tcp-keepalive {seconds})")
            : Finding.Warn("tcp-keepalive 0", "A client whose machine vanished keeps its connection, and what Redis sends it, for ever.", server.Repair.Config("tcp-keepalive", "300"));
    }

    public static async Task<Finding> BusyThresholdAsync(Examination server, CancellationToken cancellationToken)
    {
        var milliseconds = await server.ConfigNumberAsync("busy-reply-threshold", cancellationToken);
        return milliseconds is 0 or >= BusyThresholdMsMin
            ? Finding.Ok(milliseconds == 0 ? "clients are never answered BUSY" : $"clients are answered BUSY after {milliseconds} ms of one call")
            : Finding.Warn($"busy-reply-threshold {milliseconds}", "On a loaded machine a large commit may take that long, and everybody else gets errors instead of a short wait.", server.Repair.Config("busy-reply-threshold", "5000"));
    }

    public static async Task<Finding> OutputBufferAsync(Examination server, CancellationToken cancellationToken)
    {
        // "normal 0 0 0 slave 268435456 67108864 60 pubsub …": class, hard limit, soft limit, seconds
        var words = (await server.ConfigAsync("client-output-buffer-limit", cancellationToken)).Split(' ');
        var at = Array.IndexOf(words, "normal");
        var hard = at >= 0 && at + 1 < words.Length ? Examination.Number(words[at + 1]) : 0;
        return hard is 0 or >= OutputBufferBytesMin
            ? Finding.Ok(hard == 0 ? "replies to clients are not cut off" : $"replies to clients may take {Measures.Megabytes(hard)}")
            : Finding.Warn($"replies to clients are cut off at {Measures.Megabytes(hard)}", "A read of many large entries closes the processor's connection, again and again.", server.Repair.Config("client-output-buffer-limit", "normal 0 0 0"));
    }

    private static bool IsOurs(IReadOnlyList<RespValue> command) =>
        command.Count >= 2 && command[0].Text?.StartsWith("FCALL", StringComparison.OrdinalIgnoreCase) == true && command[1].Text?.StartsWith("sg_", StringComparison.OrdinalIgnoreCase) == true;
}
