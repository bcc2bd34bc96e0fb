using System.CommandLine;
using Streamgauge.Producing;

namespace Streamgauge.Cli;

/// <summary>What the generator makes.</summary>
internal sealed class GeneratorArguments
{
    private readonly Option<double> _rate = new("--rate") { Description = "Events per second; 0 is as fast as possible.", DefaultValueFactory = _ => 5000 };
    private readonly Option<int> _sessions = new("--sessions") { Description = "Sessions under way at a time.", DefaultValueFactory = _ => 1000 };
    private readonly Option<bool> _uniform = new("--uniform-sessions") { Description = "Draw sessions evenly from a fixed set instead of letting them start and end: the benchmark workload." };
    private readonly Option<int> _products = new("--products") { Description = "Distinct products.", DefaultValueFactory = _ => 20 };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Same seed, same events.", DefaultValueFactory = _ => 1 };

    public GeneratorArguments(Command command)
    {
        foreach (var option in new Option[] { _rate, _sessions, _uniform, _products, _seed }) command.Options.Add(option);
    }

    public GeneratorOptions Read(ParseResult parsed, List<string> problems)
    {
        var options = new GeneratorOptions
        {
            Rate = parsed.Get(_rate),
            Sessions = parsed.Get(_sessions),
            UniformSessions = parsed.Get(_uniform),
            Products = parsed.Get(_products),
            Seed = parsed.Get(_seed),
        };
        problems.AddRange(options.Validate());
        return options;
    }
}
