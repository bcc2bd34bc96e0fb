using FsCheck;
using FsCheck.Fluent;

namespace Streamgauge.Streams.Tests.Model;

/// <summary>Random sequences of steps, and what smaller ones to try when one fails.</summary>
internal static class StepGenerator
{
    private const int StepsMax = 60;
    private static readonly Gen<int> Consumer = Gen.Choose(0, 2);
    private static readonly Gen<int> Pick = Gen.Choose(0, 20);
    private static readonly Gen<int> Few = Gen.Choose(1, 5);
    private static readonly Gen<int> Kind = Gen.Choose(0, ModelEvent.Kinds - 1);
    private static readonly Gen<bool> Flag = Gen.Elements(false, true);
    private static readonly Gen<bool> Mostly = Gen.Elements(true, true, true, false);

    /// <summary>Up to <see cref="StepsMax"/> steps, which shrink to fewer and simpler ones.</summary>
    public static Arbitrary<Step[]> Sequences { get; } = Arb.From(
        from length in Gen.Choose(5, StepsMax)
        from old in Gen.Choose(0, 3)
        from before in Gen.ArrayOf(Kind.Select(kind => (Step)new AddOld(kind)), old)
        from steps in Gen.ArrayOf(AnyStep(), length)
        select (Step[])[.. before, .. steps],
        Shrink);

    private static Gen<Step> AnyStep() => Gen.Frequency<Step>(
        (18, from producer in Gen.Choose(0, 1)
             from order in Gen.Elements(SendOrder.Next, SendOrder.Next, SendOrder.Next, SendOrder.Again, SendOrder.Skipping)
             from isOldest in Flag
             from isFrame in Flag
             from kind in Kind
             from count in Gen.Choose(1, 3)
             select (Step)new Append(producer, order, isOldest, isFrame, kind, count)),
        (6, from kind in Kind
            from shape in Gen.Elements(EntryShape.Plain, EntryShape.Junk, EntryShape.Medium, EntryShape.Large)
            select (Step)new AddForeign(kind, shape)),
        (3, from kind in Kind from isNotLast in Mostly select (Step)new AddWide(kind, !isNotLast)),
        (20, from consumer in Consumer from count in Few select (Step)new Read(consumer, count)),
        (18, Pick.Select(pick => (Step)new Commit(pick))),
        (3, Pick.Select(pick => (Step)new Resend(pick))),
        (5, from consumer in Consumer
            from choice in Gen.Elements(IdChoice.Own, IdChoice.All)
            from first in Pick
            from count in Few
            from order in Gen.Elements(IdOrder.Ascending, IdOrder.Ascending, IdOrder.Ascending, IdOrder.Descending, IdOrder.LastTwice)
            from isOutdated in Mostly.Select(mostly => !mostly)
            select (Step)new CommitIds(consumer, choice, first, count, order, isOutdated)),
        (2, from hand in Pick from key in Gen.Choose(0, 3) select (Step)new CommitOverWrongType(hand, key)),
        (12, from consumer in Consumer
             from mode in Gen.Elements(RecoverMode.Own, RecoverMode.Silent, RecoverMode.Anyones)
             from count in Few
             select (Step)new Recover(consumer, mode, count)),
        (2, Consumer.Select(consumer => (Step)new Crash(consumer))),
        (3, Consumer.Select(consumer => (Step)new FallSilent(consumer))),
        (3, from consumer in Consumer from entry in Pick select (Step)new ClaimByForce(consumer, entry)),
        (2, Pick.Select(pick => (Step)new SetBack(pick))),
        (1, Mostly.Select(rejoins => (Step)new DestroyGroup(rejoins))),
        (2, Gen.Constant((Step)new Join())),
        (1, Gen.Constant((Step)new DeleteStream())),
        (2, Consumer.Select(consumer => (Step)new Leave(consumer))),
        (5, from retainsHour in Flag
            from limit in Gen.Elements(SizeLimit.Unlimited, SizeLimit.Tight, SizeLimit.Nothing)
            from forgetsConsumers in Flag
            from forgetsProducers in Mostly
            select (Step)new Tend(retainsHour, limit, forgetsConsumers, !forgetsProducers)),
        (2, Pick.Select(pick => (Step)new DeleteEntry(pick))),
        (1, Pick.Select(keep => (Step)new TrimStream(keep))),
        (2, Gen.Constant((Step)new ChangeViews())),
        (1, from counter in Gen.Choose(0, Player.Plantable.Count - 1) from isNumber in Flag select (Step)new PlantCounter(counter, isNumber)));

    // Large pieces first, then single steps, then simpler steps: the first that still fails is taken, and shrunk again.
    private static IEnumerable<Step[]> Shrink(Step[] steps)
    {
        for (var size = steps.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at < steps.Length; at += size) yield return [.. steps[..at], .. steps[Math.Min(at + size, steps.Length)..]];
        }

        for (var at = 0; at < steps.Length; at++)
        {
            foreach (var simpler in Simplify(steps[at])) yield return [.. steps[..at], simpler, .. steps[(at + 1)..]];
        }
    }

    private static IEnumerable<Step> Simplify(Step step) => step switch
    {
        Append { Order: not SendOrder.Next } append => [append with { Order = SendOrder.Next }],
        Append { IsFrame: true } append => [append with { IsFrame = false }],
        Append { Count: > 1 } append => [append with { Count = 1 }, append with { Count = append.Count - 1 }],
        Append { Kind: > 0 } append => [append with { Kind = 0 }],
        AddForeign { Shape: not EntryShape.Plain } foreign => [foreign with { Shape = EntryShape.Plain }],
        AddForeign { Kind: > 0 } foreign => [foreign with { Kind = 0 }],
        AddWide { IsLast: true } wide => [wide with { IsLast = false }],
        AddWide { Kind: > 0 } wide => [wide with { Kind = 0 }],
        Read { Count: > 1 } read => [read with { Count = 1 }, read with { Count = read.Count - 1 }],
        Read { Consumer: > 0 } read => [read with { Consumer = 0 }],
        Commit { Hand: > 0 } commit => [new Commit(0)],
        Resend { Past: > 0 } resend => [new Resend(0)],
        CommitIds { Count: > 1 } commit => [commit with { Count = 1 }, commit with { Count = commit.Count - 1 }],
        CommitIds { First: > 0 } commit => [commit with { First = 0 }],
        CommitIds { IsOutdated: true } commit => [commit with { IsOutdated = false }],
        Recover { Count: > 1 } recover => [recover with { Count = 1 }, recover with { Count = recover.Count - 1 }],
        Recover { Mode: not RecoverMode.Own } recover => [recover with { Mode = RecoverMode.Own }],
        ClaimByForce { Entry: > 0 } claim => [claim with { Entry = 0 }],
        SetBack { Entry: > 0 } back => [new SetBack(0)],
        DeleteEntry { Entry: > 0 } delete => [new DeleteEntry(0)],
        Tend { ForgetsConsumers: true } tend => [tend with { ForgetsConsumers = false }],
        Tend { ForgetsProducers: true } tend => [tend with { ForgetsProducers = false }],
        _ => [],
    };
}
