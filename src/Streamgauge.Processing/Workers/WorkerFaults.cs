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
        RedisException or EntriesRefusedException => EpochOutcomes.Refused,
        _ => EpochOutcomes.Failed,
    };

    /// <summary>Whether something in the entries at hand may have caused it, so that others could be counted without them.</summary>
    /// <remarks>
    /// Of what Redis refuses only arguments (SGARGS) and what a function trips over (ERR). A key of the wrong type (SGTYPE), rights, a missing group and the like
    /// are nobody's entry: those wait until they are put right.
    /// </remarks>
    public static bool MayBeOfEntries(Exception exception) => exception switch
    {
        RedisReplyException refused => refused.Code is "SGARGS" or "ERR",
        EntriesMissingException or ViewsChangedException or EntriesRefusedException or OperationCanceledException or RedisException => false,
        _ => true,
    };
}
