namespace Streamgauge.Drills;

/// <summary>One row of the fault matrix: what is broken, and the rig it is broken on. Judged by <see cref="DrillRunner"/>, always in the same way.</summary>
public abstract class Scenario
{
    /// <summary><c>F01</c>, as in <c>--scenario</c>.</summary>
    public abstract string Id { get; }

    /// <summary>What is broken, in a few words.</summary>
    public abstract string Title { get; }

    /// <summary>What must hold, in a few words; I1 to I6 are checked whatever it says.</summary>
    public abstract string Promise { get; }

    /// <summary>Whether it breaks Redis itself, which is never done to a user's.</summary>
    public virtual bool NeedsOwnServer => false;

    /// <summary>What it wants to find when it begins.</summary>
    internal virtual RigSetup Setup => new();

    /// <summary>The safety phase: breaks things. What it leaves broken is healed afterwards.</summary>
    /// <exception cref="DrillException">The fault could not be brought about, so nothing was shown.</exception>
    internal abstract Task RunAsync(DrillRig rig, CancellationToken cancellationToken);
}
