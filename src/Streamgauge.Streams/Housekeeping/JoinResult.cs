namespace Streamgauge.Streams;

/// <summary>What joining a group found.</summary>
/// <param name="Floor">Committed floor, <c>0-0</c> before the first commit.</param>
/// <param name="Commits">Commits so far; smaller than before means Redis lost state.</param>
public sealed record JoinResult(GroupState State, string Floor, long Commits);

/// <summary>How the group came to be.</summary>
public enum GroupState
{
    /// <summary>It was there.</summary>
    Existing,

    /// <summary>First start: the group begins at the first entry.</summary>
    Created,

    /// <summary>It was lost while counts exist: it begins at the committed floor. Somebody must look at this.</summary>
    Recreated,
}
