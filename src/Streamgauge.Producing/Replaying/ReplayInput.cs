using System.IO.Compression;

namespace Streamgauge.Producing;

/// <summary>One pass over the input: opened, its format known, its header bound.</summary>
internal sealed class ReplayInput : IAsyncDisposable
{
    private readonly FileStream? _file;
    private readonly Stream _stream;

    private ReplayInput(ReplayOptions options, FieldMapping mapping, Stream? standardInput)
    {
        if (options.Path == ReplayOptions.StandardInput)
        {
            _stream = standardInput ?? Console.OpenStandardInput();
        }
        else
        {
            if (Directory.Exists(options.Path)) throw new IOException($"{options.Path} is a folder: name a file, or - for standard input.");
            _file = new FileStream(options.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            _stream = IsCompressed(options.Path) ? new GZipStream(_file, CompressionMode.Decompress) : _file;
        }

        Reader = new RecordReader(_stream);
        Mapper = new RecordMapper(mapping, new DerivedEventId(options.SourceName ?? DefaultName(options.Path)));
    }

    public RecordReader Reader { get; }

    public RecordMapper Mapper { get; }

    /// <summary>Bytes read, of a file as it lies on disk.</summary>
    public long BytesDone => _file?.Position ?? Reader.BytesDone;

    public long? BytesTotal => _file?.Length;

    /// <exception cref="ReplayException">The header does not fit the mapping.</exception>
    public static async Task<ReplayInput> OpenAsync(ReplayOptions options, FieldMapping mapping, Stream? standardInput, CancellationToken cancellationToken)
    {
        var input = new ReplayInput(options, mapping, standardInput);
        try
        {
            await input.BeginAsync(options, cancellationToken);
            return input;
        }
        catch
        {
            await input.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Standard input is not ours to close.
        if (_file is null) return;
        await _stream.DisposeAsync();
        await _file.DisposeAsync();
    }

    private async Task BeginAsync(ReplayOptions options, CancellationToken cancellationToken)
    {
        while (Reader.PeekFirst() < 0 && !Reader.IsFinal) await Reader.FillAsync(cancellationToken);
        var extension = Extension(options.Path);
        if (FormatOf(options.Format, extension) == ReplayFormat.Ndjson)
        {
            Reader.Parser = new NdjsonParser();
            return;
        }

        Reader.Parser = new CsvParser((byte)(options.Delimiter ?? (extension == ".tsv" ? '\t' : ',')));
        RecordStatus status;
        while ((status = Reader.Read()) == RecordStatus.NeedMore) await Reader.FillAsync(cancellationToken);
        if (status == RecordStatus.End) return; // an empty file has no header and needs none
        var problem = status == RecordStatus.Fault ? $"The header is malformed: {Reader.Fault.WireName()}." : Mapper.BindHeader(Reader.Record);
        if (problem is null) return;
        var (line, column) = status == RecordStatus.Fault ? (Reader.FaultLine, Reader.FaultColumn) : (Reader.Line, 1);
        var location = new MalformedLine(options.Path, line, column, "header");
        throw new ReplayException($"{options.Path}:{line}:{column}: {problem}", location);
    }

    private ReplayFormat FormatOf(ReplayFormat asked, string extension) => (asked, extension) switch
    {
        (not ReplayFormat.Auto, _) => asked,
        (_, ".csv" or ".tsv") => ReplayFormat.Csv,
        (_, ".ndjson" or ".jsonl") => ReplayFormat.Ndjson,
        _ => Reader.PeekFirst() == '{' ? ReplayFormat.Ndjson : ReplayFormat.Csv,
    };

    private static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static string Extension(string path) =>
        Path.GetExtension(IsCompressed(path) ? path[..^3] : path).ToLowerInvariant();

    private static string DefaultName(string path) => path == ReplayOptions.StandardInput ? Guid.NewGuid().ToString() : Path.GetFileName(path);
}
