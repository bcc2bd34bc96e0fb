using Streamgauge.Resp;

namespace Streamgauge.Processing;

/// <summary>What an exception says about its cause.</summary>
internal static class WorkerFaults
{
    public static string OutcomeOf(Exception exception) => exception switch
    {
        EntriesMissingException => EpochOutcomes.Missing,
        ViewsChangedException => EpochOutcomes.ViewsChanged,
        RedisException { IsTransient: true } => EpochOutcomes.Transient,
        RedisException => EpochOutcomes.Refused,
        _ => EpochOutcomes.Failed,
    };
}
