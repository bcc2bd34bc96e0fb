using System.Text.RegularExpressions;
using Streamgauge.Resp;

namespace Streamgauge.Streams;

/// <summary>Loads the Redis function library that all writing goes through.</summary>
/// <remarks>
/// Survives rolling upgrades: functions carry a version, so another version is another library beside this one; within a version
/// the higher revision wins, and an older process keeps using the newer code, whose arguments and replies are the same.
/// </remarks>
public static partial class FunctionLibrary
{
    /// <summary>Name of the library on the server.</summary>
    public const string Name = "streamgauge_v1";

    /// <summary>The Lua source as shipped.</summary>
    public static string Source { get; } = ReadSource();

    /// <summary>Revision of <see cref="Source"/>.</summary>
    public static int Revision { get; } = RevisionOf(Source);

    /// <summary>Makes sure the server has this library in this revision or a later one. Idempotent.</summary>
    /// <exception cref="RedisReplyException">The server refused, for example <c>NOPERM</c> or <c>OOM</c>.</exception>
    public static async Task EnsureLoadedAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        if (await LoadedRevisionAsync(connection, cancellationToken) >= Revision) return;
        try
        {
            await connection.ExecuteAsync(["FUNCTION", "LOAD", "REPLACE", Source], cancellationToken);
        }
        catch (RedisReplyException e) when (e.Code == "OOM")
        {
            throw new RedisReplyException("OOM", $"Redis is full, so the function library {Name} cannot be loaded. Raise maxmemory or free memory; counting resumes by itself.", e);
        }
    }

    /// <summary>The revision the server has; 0 for none.</summary>
    internal static async Task<long> LoadedRevisionAsync(RespConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return (await connection.ExecuteAsync(["FCALL_RO", "sg_revision_v1", "0"], cancellationToken)).AsInteger();
        }
        catch (RedisReplyException e) when (e.Code == "ERR")
        {
            return 0; // "Function not found": never loaded, flushed, or from before revisions could be asked
        }
    }

    private static int RevisionOf(string source) => RevisionLine().Match(source) is { Success: true } match ? int.Parse(match.Groups["revision"].Value) : 0;

    private static string ReadSource()
    {
        var assembly = typeof(FunctionLibrary).Assembly;
        return string.Join('\n', assembly.GetManifestResourceNames().Where(name => name.EndsWith(".lua", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Read));

        string Read(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        }
    }

    [GeneratedRegex(@"^local REVISION = (?<revision>\d{1,9})", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RevisionLine();
}
