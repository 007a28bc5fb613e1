namespace Moderation.ModCtl.Submit;

/// <summary>Counts what became of the posts; may be told from many threads.</summary>
internal sealed class Tally
{
    /// <summary>Posts without a decision that are shown one by one; all are counted.</summary>
    public const int MaxExamples = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Category, string Measure), long> _verdicts = [];
    private readonly Dictionary<string, long> _undecided = new(StringComparer.Ordinal);
    private readonly List<string> _examples = [];
    private long _retries;

    /// <summary>Times from the first sending of a post to its decision, retries included.</summary>
    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Posts decided in this run.</summary>
    public long Decided { get; private set; }

    /// <summary>Posts that earlier runs had brought to a decision.</summary>
    public long Skipped { get; private set; }

    /// <summary>Rows that got no decision.</summary>
    public long Undecided { get; private set; }

    /// <summary>Posts that were answered PENDING and followed.</summary>
    public long Followed { get; private set; }

    /// <summary>Calls that were made again.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    public void AddDecided(Verdict verdict, TimeSpan time, bool followed)
    {
        Latencies.Add(time);
        lock (_lock)
        {
            Decided++;
            Followed += followed ? 1 : 0;
            foreach (var line in verdict.Lines)
            {
                _verdicts[line] = _verdicts.GetValueOrDefault(line) + 1;
            }
        }
    }

    /// <summary>Counts a row without a decision.</summary>
    /// <param name="reason">Why, from a small set: the contract's reasons, MALFORMED_ROW, ...</param>
    /// <param name="where">File and line.</param>
    /// <param name="detail">More about it.</param>
    public void AddUndecided(string reason, string where, string detail)
    {
        lock (_lock)
        {
            Undecided++;
            _undecided[reason] = _undecided.GetValueOrDefault(reason) + 1;
            if (_examples.Count < MaxExamples)
            {
                _examples.Add($"{where}: {reason}: {detail}");
            }
        }
    }

    public void AddSkipped()
    {
        lock (_lock)
        {
            Skipped++;
        }
    }

    /// <summary>Adds what the posts were that an earlier run decided.</summary>
    public void AddEarlier(IReadOnlyDictionary<(string Category, string Measure), long> verdicts)
    {
        lock (_lock)
        {
            foreach (var (line, count) in verdicts)
            {
                _verdicts[line] = _verdicts.GetValueOrDefault(line) + count;
            }
        }
    }

    public void AddRetry() => Interlocked.Increment(ref _retries);

    /// <summary>Posts by category and measure, most first.</summary>
    public IReadOnlyList<(string Category, string Measure, long Posts)> Verdicts()
    {
        lock (_lock)
        {
            return [.. _verdicts.Select(v => (v.Key.Category, v.Key.Measure, v.Value)).OrderByDescending(v => v.Value).ThenBy(v => v.Category, StringComparer.Ordinal)];
        }
    }

    /// <summary>Rows without a decision by reason, most first.</summary>
    public IReadOnlyList<(string Reason, long Rows)> Reasons()
    {
        lock (_lock)
        {
            return [.. _undecided.Select(u => (u.Key, u.Value)).OrderByDescending(u => u.Value).ThenBy(u => u.Key, StringComparer.Ordinal)];
        }
    }

    /// <summary>The first rows without a decision.</summary>
    public IReadOnlyList<string> Examples()
    {
        lock (_lock)
        {
            return [.. _examples];
        }
    }
}
