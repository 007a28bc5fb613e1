using System.IO.Hashing;
using System.Text;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Submit;

/// <summary>
/// The posts that were decided, one a line (id, tab, verdict), only ever appended to. A kill loses at most the lines of the last second;
/// those posts are sent again, which changes nothing. In memory a decided post takes about 40 bytes.
/// </summary>
internal sealed class ProgressFile : IDisposable
{
    private const string Header = "# modctl submit to ";
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly HashSet<UInt128> _earlier = [];
    private readonly Dictionary<(string, string), long> _verdicts = [];
    private readonly FileStream _file;
    private readonly StreamWriter _writer;
    private readonly TimeProvider _time;
    private long _flushed;

    private ProgressFile(FileStream file, TimeProvider time)
    {
        (_file, _time) = (file, time);
        _writer = new StreamWriter(file, new UTF8Encoding(false), 16 * 1024);
        _flushed = time.GetTimestamp();
    }

    /// <summary>Posts that earlier runs brought to a decision.</summary>
    public long EarlierCount { get; private set; }

    /// <summary>What those decisions were: posts by category and measure.</summary>
    public IReadOnlyDictionary<(string Category, string Measure), long> EarlierVerdicts => _verdicts;

    /// <summary>Opens or makes it.</summary>
    /// <exception cref="UsageException">It belongs to another address, another run uses it, or it can't be written.</exception>
    public static ProgressFile Open(string path, Uri address, TimeProvider time)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"the progress file {path} can't be opened for writing ({failure.Message}). Is another run using it? Name another one with --progress-file.");
        }

        var progress = new ProgressFile(file, time);
        try
        {
            progress.Load(path, address);
            return progress;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether an earlier run brought this post to a decision. True once for each such post: a later row with the same id is sent.</summary>
    public bool Skip(string postId)
    {
        lock (_lock)
        {
            return _earlier.Remove(Key(postId));
        }
    }

    /// <summary>Notes that a post was decided.</summary>
    public void Add(string postId, Verdict verdict)
    {
        lock (_lock)
        {
            _writer.Write($"{postId}\t{verdict}\n");
            if (_time.GetElapsedTime(_flushed) > FlushInterval)
            {
                _writer.Flush();
                _flushed = _time.GetTimestamp();
            }
        }
    }

    public void Dispose() => _writer.Dispose();

    private void Load(string path, Uri address)
    {
        if (_file.Length == 0)
        {
            _writer.Write($"{Header}{address}\n");
            return;
        }

        using var reader = new StreamReader(_file, Encoding.UTF8, false, 16 * 1024, leaveOpen: true);
        var header = reader.ReadLine() ?? "";
        if (header != $"{Header}{address}")
        {
            throw new UsageException(header.StartsWith(Header, StringComparison.Ordinal)
                ? $"{path} tells what was submitted to {FailureText.Printable(header[Header.Length..])}, not to {address}: delete it, or name another one with --progress-file."
                : $"{path} is no progress file of modctl: name another one with --progress-file.");
        }

        while (reader.ReadLine() is { } line)
        {
            if (line.Split('\t') is [{ Length: > 0 } id, var text] && Verdict.Parse(text) is { } verdict && _earlier.Add(Key(id)))
            {
                EarlierCount++;
                foreach (var key in verdict.Lines)
                {
                    _verdicts[key] = _verdicts.GetValueOrDefault(key) + 1;
                }
            }
        }

        // A kill can leave half a line, which must not swallow the next one. The half may have parsed; sending that post again is harmless.
        _file.Seek(-1, SeekOrigin.End);
        if (_file.ReadByte() != '\n')
        {
            _writer.Write('\n');
        }
    }

    private static UInt128 Key(string postId) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(postId));
}
