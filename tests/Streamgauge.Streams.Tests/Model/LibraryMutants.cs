namespace Streamgauge.Streams.Tests.Model;

/// <summary>The library with one promise broken, so that the model can show that it would notice.</summary>
internal static class LibraryMutants
{
    /// <summary>Most steps a counterexample may have to be readable.</summary>
    public const int StepsMax = 6;

    private static readonly Dictionary<string, (string Text, string Instead)[]> Mutants = new()
    {
        ["commit counts what is not pending"] = [("if #missing > 0 then", "if false then")],
        ["commit counts what is done with"] = [("if #done > 0 then", "if false then")],
        ["commit acknowledges after the floor is raised"] =
        [
            ("  acknowledge(stream, group, ids)\n", ""),
            ("return { 'OK', commits, settle(stream, group, meta, floor, ahead, ids[#ids], ids) }", "local reply = { 'OK', commits, settle(stream, group, meta, floor, ahead, ids[#ids], ids) } acknowledge(stream, group, ids) return reply"),
        ],
        ["ranges ahead of the floor are not kept"] = [("redis.call('HSET', meta, 'ahead', table.concat(words, ' '))", "")],
        ["the floor falls"] = [("if not floor or not id_at_most(reached, floor) then", "if true then")],
        ["pending entries are trimmed"] = [("if id_at_most(oldest, mark) then mark = oldest end", "")],
        ["a lost group begins at its end"] = [("group, floor or '0', 'MKSTREAM'", "group, '$', 'MKSTREAM'")],
        ["a producer's sequence is forgotten"] = [("redis.call('HSET', producers, producer,", "redis.call('HSET', producers, producer .. sequence,")],
        ["commit ignores the version of the views"] = [("if version ~= views_version then", "if false then")],
        ["a budget allows one group more"] = [("section.known >= section.groups_max and", "section.known > section.groups_max and")],
        ["an overflow goes unreported"] = [("  redis.pcall('HINCRBY', meta, 'residue', 1)\n  return nil", "  return nil")],
        ["recovery gives up too late"] = [("deliveries >= deliveries_max", "deliveries > deliveries_max")],
    };

    public static TheoryData<string> Names => [.. Mutants.Keys];

    /// <summary>The source with a text or two replaced.</summary>
    /// <exception cref="InvalidOperationException">The library no longer has the text exactly once: say anew what to break.</exception>
    public static string Break(string mutant)
    {
        var source = FunctionLibrary.Source;
        foreach (var (text, instead) in Mutants[mutant])
        {
            var parts = source.Split(text);
            if (parts.Length != 2) throw new InvalidOperationException($"The library has '{text}' {parts.Length - 1} times; this mutant needs it once.");
            source = string.Join(instead, parts);
        }

        return source;
    }
}
