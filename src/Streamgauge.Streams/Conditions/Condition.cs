using Microsoft.Extensions.Logging;

namespace Streamgauge.Streams;

/// <summary>A state Redis or the group can be in that an operator should know by name; its row in <c>docs/conditions.md</c> says the rest.</summary>
/// <param name="Name">Value of the label <c>condition</c>: snake_case.</param>
/// <param name="Meaning">What is the case, as the beginning of a sentence, without addresses and payloads.</param>
/// <param name="Remedy">One sentence: what to do, or that nothing need be done.</param>
public sealed record Condition(string Name, ConditionKind Kind, string Meaning, string Remedy)
{
    /// <summary>Error when data may be lost or a person is needed, else warning.</summary>
    public LogLevel Level => Kind is ConditionKind.NeedsPerson or ConditionKind.Damage ? LogLevel.Error : LogLevel.Warning;
}

/// <summary>What a role does about a condition.</summary>
public enum ConditionKind
{
    /// <summary>Stands still, tries again with growing pauses, and goes on by itself.</summary>
    Waits,

    /// <summary>Tries again too, but in vain until somebody has changed something.</summary>
    NeedsPerson,

    /// <summary>Goes on, and somebody should look before it becomes worse.</summary>
    Caution,

    /// <summary>Goes on, although something is lost or wrong already.</summary>
    Damage,
}
