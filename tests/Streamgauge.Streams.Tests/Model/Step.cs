namespace Streamgauge.Streams.Tests.Model;

/// <summary>One thing that producers, processors, operators or strangers do to a stream. Prints as the C# that makes it, so that a counterexample can be pasted into a test.</summary>
/// <remarks>
/// Whatever a step refers to is a number, taken modulo what is there when the step is played: a sequence that lost some of its steps still means something.
/// A step that finds nothing to do does nothing.
/// </remarks>
public abstract record Step
{
    public sealed override string ToString()
    {
        var arguments = GetType().GetConstructors()[0].GetParameters().Select(parameter => $"{parameter.Name}: {Literal(GetType().GetProperty(parameter.Name!)!.GetValue(this)!)}");
        return $"new {GetType().Name}({string.Join(", ", arguments)})";
    }

    private static string Literal(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum name => $"{name.GetType().Name}.{name}",
        _ => $"{value}",
    };
}

/// <summary>A producer sends events, of kinds <paramref name="Kind"/> and up, as one frame or as plain entries.</summary>
public sealed record Append(int Producer, SendOrder Order, bool IsOldest, bool IsFrame, int Kind, int Count) : Step;

/// <summary>A client that knows nothing of us writes an entry.</summary>
public sealed record AddForeign(int Kind, EntryShape Shape) : Step;

/// <summary>An entry whose id says 1970; only a stream that has nothing younger takes it.</summary>
public sealed record AddOld(int Kind) : Step;

/// <summary>A client writes an entry whose sequence takes more than the 53 bits of a double: from 2^53 on, one after the other, or the last of its millisecond.</summary>
public sealed record AddWide(int Kind, bool IsLast) : Step;

/// <summary>A consumer reads new entries, and has them in hand.</summary>
public sealed record Read(int Consumer, int Count) : Step;

/// <summary>A batch in hand is committed.</summary>
public sealed record Commit(int Hand) : Step;

/// <summary>A commit that was sent before arrives once more.</summary>
public sealed record Resend(int Past) : Step;

/// <summary>A commit of any ids: of the consumer's own pending entries or of all there ever were, in an order that may be wrong, for views that may be outdated.</summary>
public sealed record CommitIds(int Consumer, IdChoice Choice, int First, int Count, IdOrder Order, bool IsOutdated) : Step;

/// <summary>A commit while somebody's string stands where one of our keys should be.</summary>
public sealed record CommitOverWrongType(int Hand, int Key) : Step;

/// <summary>A consumer takes up pending entries, and has them in hand.</summary>
public sealed record Recover(int Consumer, RecoverMode Mode, int Count) : Step;

/// <summary>A consumer loses its memory: what it had in hand stays pending.</summary>
public sealed record Crash(int Consumer) : Step;

/// <summary>Two hours pass for what a consumer has pending.</summary>
public sealed record FallSilent(int Consumer) : Step;

/// <summary>A stranger hands an entry that the group has delivered, and that may be done with, to a consumer: XCLAIM … FORCE.</summary>
public sealed record ClaimByForce(int Consumer, int Entry) : Step;

/// <summary>A stranger sets the group backwards.</summary>
public sealed record SetBack(int Entry) : Step;

/// <summary>A stranger destroys the group; the next processor joins at once, or later.</summary>
public sealed record DestroyGroup(bool Rejoins) : Step;

/// <summary>A processor starts.</summary>
public sealed record Join : Step;

/// <summary>A stranger deletes the stream, and a processor joins.</summary>
public sealed record DeleteStream : Step;

/// <summary>A consumer stops.</summary>
public sealed record Leave(int Consumer) : Step;

/// <summary>Housekeeping.</summary>
public sealed record Tend(bool RetainsHour, SizeLimit Limit, bool ForgetsConsumers, bool ForgetsProducers) : Step;

/// <summary>A stranger deletes an entry, whatever state it is in.</summary>
public sealed record DeleteEntry(int Entry) : Step;

/// <summary>A stranger trims the stream to its newest entries.</summary>
public sealed record TrimStream(int Keep) : Step;

/// <summary>The catalog of views is set again: another version.</summary>
public sealed record ChangeViews : Step;

/// <summary>A stranger writes to a counter: no number, or one just below the end of 64 bits.</summary>
public sealed record PlantCounter(int Counter, bool IsNumber) : Step;

/// <summary>Which sequence a producer sends.</summary>
public enum SendOrder
{
    Next,
    Again,
    Skipping,
}

/// <summary>What a foreign entry is made of.</summary>
public enum EntryShape
{
    Plain,
    Junk,
    Medium, // two of them are more than a page of recovered entries
    Large, // more than is worth recovering
}

/// <summary>Among which ids a hostile commit chooses.</summary>
public enum IdChoice
{
    Own,
    All,
}

/// <summary>In which order a hostile commit names them.</summary>
public enum IdOrder
{
    Ascending,
    Descending,
    LastTwice,
}

/// <summary>Which pending entries are taken up.</summary>
public enum RecoverMode
{
    Own,
    Silent,
    Anyones,
}

/// <summary>How large a stream may be.</summary>
public enum SizeLimit
{
    Unlimited,
    Tight,
    Nothing,
}
