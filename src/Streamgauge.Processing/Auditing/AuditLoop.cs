using Microsoft.Extensions.Logging;
using Streamgauge.Resp;
using Streamgauge.Streams;

namespace Streamgauge.Processing;

/// <summary>Counts the retained stream again every few minutes and compares, beside counting and at a small share of the time; one process of the group at a time.</summary>
internal sealed partial class AuditLoop(ProcessorOptions options, AuditMetrics metrics, ConditionWatch conditions, ILogger logger, TimeProvider time)
{
    private const double Share = 0.1; // of the time is spent on reading and adding up, and a part of that by Redis
    private const long FieldsPerBucketMax = 10_000;
    private const long CountersMax = 500_000; // about 50 MB
    private const int CountersNamed = 5;
    private const string LeaseName = "audit";

    private readonly StreamGroup _group = new(new StreamKeys(options.Stream), options.Group);
    private readonly string _token = Guid.NewGuid().ToString("N");

    public async Task RunAsync(CancellationToken stopping)
    {
        if (options.AuditEvery == TimeSpan.Zero) return;
#pragma warning disable CA5394 // spreads the first audits of processes that start together; guards nothing
        var pause = options.AuditEvery * (0.1 + (0.9 * Random.Shared.NextDouble()));
#pragma warning restore CA5394
        await using var client = new RedisClient(options.Redis, options.Connection);
        while (true)
        {
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested) return;
            pause = options.AuditEvery;

            // Ends before the lease does, so that no two audits run at once.
            using var deadline = new CancellationTokenSource(options.AuditEvery, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
            try
            {
                await AuditAsync(await client.GetAsync(either.Token), either.Token);
            }
            catch (VerificationVoidException e)
            {
                metrics.Void(e.Outcome);
                Log.Void(logger, options.Stream, e.Message);
            }
            catch (OperationCanceledException)
            {
                if (stopping.IsCancellationRequested) return;
                metrics.Void(AuditOutcomes.TooLong);
                Log.TooLong(logger, options.Stream, options.AuditEvery);
            }
            catch (Exception e)
            {
                // Whatever it was, an audit must not end the counting it observes.
                metrics.Void(AuditOutcomes.Interrupted);
                Log.Void(logger, options.Stream, e.Message);
            }
        }
    }

    private async Task AuditAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        if (!await _group.LeaseAsync(connection, LeaseName, _token, options.AuditEvery, cancellationToken))
        {
            metrics.Forget();
            conditions.Holds(Conditions.Drift, holds: false, "");
            return;
        }

        var start = time.GetTimestamp();
        var verifier = new StreamVerifier(connection, _group.Keys, options.Group) { Share = Share, FieldsPerBucketMax = FieldsPerBucketMax, CountersMax = CountersMax };
        var result = await verifier.RunAsync(_ => { }, cancellationToken);
        metrics.Done(result, time.GetElapsedTime(start));
        conditions.Holds(Conditions.Drift, !result.IsSound, Describe(result));
        Log.Audited(logger, options.Stream, result.Events, result.BucketsCompared, result.BucketsOutOfReach, result.SessionViews.Sum(view => view.Compared), result.Drifts.Count, time.GetElapsedTime(start).TotalSeconds);
    }

    private static string Describe(Verification result)
    {
        var named = result.Drifts.Take(CountersNamed).Select(drift => $"{drift.Bucket} {drift.Counter} is {drift.Found ?? "nothing"} and should be {drift.Expected ?? "nothing"}");
        return $"{result.Drifts.Count} counters differ, {result.Books.Unaccounted?.ToString() ?? "an unknown number of"} entries are unaccounted for{(result.Drifts.Count > 0 ? ": " : "")}{string.Join("; ", named)}";
    }

    private static partial class Log
    {
        [LoggerMessage(2401, LogLevel.Information, "{Stream} audited: {Events} events counted again, {Buckets} buckets compared, {OutOfReach} out of reach, {Sessions} sessions compared, {Drift} counters differ, in {Seconds:0.0} s")]
        public static partial void Audited(ILogger logger, string stream, long events, int buckets, int outOfReach, int sessions, int drift, double seconds);

        [LoggerMessage(2402, LogLevel.Information, "The audit of {Stream} came to no result and is repeated later: {Reason}")]
        public static partial void Void(ILogger logger, string stream, string reason);

        [LoggerMessage(2403, LogLevel.Warning, "The audit of {Stream} did not end within {Every}: raise --audit-every, or lower --retain or --retain-bytes")]
        public static partial void TooLong(ILogger logger, string stream, TimeSpan every);
    }
}
