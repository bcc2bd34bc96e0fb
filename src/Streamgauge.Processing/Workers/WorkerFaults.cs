using Streamgauge.Resp;

namespace Streamgauge.Processing;

/// <summary>What an exception says about its cause.</summary>
internal static class WorkerFaults
{
    /// <summary>Some entry of the batch is the cause, so isolating it helps: a counter would overflow.</summary>
    public static bool IsOfTheData(Exception exception) => exception is OverflowException or RedisReplyException { Code: "SGFULL" };

    public static string OutcomeOf(Exception exception) => exception switch
    {
        EntriesMissingException => EpochOutcomes.Missing,
        RedisException { IsTransient: true } => EpochOutcomes.Transient,
        RedisException => EpochOutcomes.Refused,
        _ => EpochOutcomes.Failed,
    };
}
