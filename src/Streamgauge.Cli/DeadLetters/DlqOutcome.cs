using Streamgauge.Streams;

namespace Streamgauge.Cli;

/// <summary>How the verbs of <c>dlq</c> end.</summary>
internal static class DlqOutcome
{
    /// <summary>Says which letters were asked for by id and are not there; their absence is a failure.</summary>
    public static int Report(IReadOnlyList<StreamEntryId> missing)
    {
        foreach (var id in missing) Console.Error.WriteLine($"{id} is not there: it was retried, dropped or pushed out by newer ones, or never was.");
        return missing.Count == 0 ? ExitCodes.Ok : ExitCodes.Failure;
    }
}
