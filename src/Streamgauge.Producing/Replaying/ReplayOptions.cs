namespace Streamgauge.Producing;

/// <summary>What to replay, how to read it and how fast.</summary>
public sealed class ReplayOptions
{
    /// <summary>The path that means standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Fastest and, as a fraction, slowest <see cref="Speed"/>.</summary>
    public const double SpeedMax = 1_000_000;

    /// <summary>A file, or <c>-</c> for standard input. A name that ends in <c>.gz</c> is decompressed on the way.</summary>
    public string Path { get; set; } = StandardInput;

    public ReplayFormat Format { get; set; }

    /// <summary>Between the fields of a CSV.</summary>
    /// <value>Default: a tab for <c>.tsv</c>, else a comma. One ASCII character, no quote and no line end.</value>
    public char? Delimiter { get; set; }

    /// <summary>Which source column fills which field: <c>field=column</c>, for example <c>product=product_id</c>.</summary>
    /// <remarks>
    /// The field is one of the seven documented ones or the new name of a further field. A column that bears the name of a documented
    /// field fills it without being mapped; all other columns become further fields under their own names.
    /// </remarks>
    public IList<string> Map { get; } = [];

    /// <summary>Fields that are the same for every event: <c>field=value</c>. They win over a column of that name.</summary>
    public IList<string> Set { get; } = [];

    /// <summary>Leaves out columns that are neither mapped nor named like a documented field.</summary>
    public bool OnlyMapped { get; set; }

    /// <summary>Events per second.</summary>
    /// <value>Default 0: full speed. Excludes <see cref="Speed"/>.</value>
    public double Rate { get; set; }

    /// <summary>Keeps the pace of the timestamps: 1 is the original pace, 10 ten times as fast. Events out of order are sent at once.</summary>
    /// <value>Default 0: off. At most <see cref="SpeedMax"/>. Excludes <see cref="Rate"/>.</value>
    public double Speed { get; set; }

    /// <summary>Moves all timestamps by the same distance into the present.</summary>
    /// <remarks>
    /// Gaps stay as they are. The oldest event of a file happens now, if that puts no event further into the future, at the moment it
    /// is sent, than <see cref="Streamgauge.Events.EventLimits.FutureSkewMax"/>; otherwise the newest event happens now. A file is read twice for
    /// this. Standard input cannot be: its first event happens now, and later ones are held back to the present.
    /// </remarks>
    public bool RebaseTime { get; set; }

    /// <summary>Stops at the first malformed line.</summary>
    public bool Strict { get; set; }

    /// <summary>How many malformed lines are reported one by one; the rest is only counted.</summary>
    /// <value>Default 20.</value>
    public int ReportsMax { get; set; } = 20;

    /// <summary>The name that derived event ids stand for.</summary>
    /// <value>Default: the file's name without its folder; for standard input something new each time, as two inputs must not pass for one.</value>
    public string? SourceName { get; set; }

    /// <summary>Every mistake at once, each naming its option; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (string.IsNullOrEmpty(Path)) problems.Add($"{nameof(Path)} must name a file, or {StandardInput} for standard input.");
        if (!Enum.IsDefined(Format)) problems.Add($"{nameof(Format)} must be auto, csv or ndjson, was {Format}.");
        if (Delimiter is '"' or '\r' or '\n' or > '\x7f') problems.Add($"{nameof(Delimiter)} must be one ASCII character that is no quote and no line end.");
        if (!(Rate >= 0 && Rate <= GeneratorOptions.RateMax)) problems.Add($"{nameof(Rate)} must be 0 (full speed) to {GeneratorOptions.RateMax:0} events per second, was {Rate}.");
        if (Speed != 0 && !(Speed >= 1 / SpeedMax && Speed <= SpeedMax)) problems.Add($"{nameof(Speed)} must be 0 (off) or {1 / SpeedMax:0.000000} to {SpeedMax:0}, was {Speed}.");
        if (Rate > 0 && Speed > 0) problems.Add($"{nameof(Rate)} and {nameof(Speed)} exclude each other: the pace is either fixed or that of the file.");
        if (ReportsMax < 0) problems.Add($"{nameof(ReportsMax)} must not be negative, was {ReportsMax}.");
        FieldMapping.Create(Map, Set, OnlyMapped, problems);
        return problems;
    }
}
