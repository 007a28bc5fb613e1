using System.Globalization;
using System.Text.RegularExpressions;

namespace Moderation.MediaHash.Host.Video;

/// <summary>
/// Reads what ffmpeg says: how long the file claims to be, when each frame is shown (its showinfo filter writes a line a frame), and the
/// errors that mean one of our limits.
/// </summary>
internal sealed partial class ShowInfo
{
    private readonly List<TimeSpan> _times = [];
    private long _lastTicks;
    private long _durationTicks;

    /// <summary>The time of each frame so far, in the order in which they were decoded.</summary>
    /// <remarks>Complete once <see cref="ReadAsync"/> has ended; not to be read before.</remarks>
    public IReadOnlyList<TimeSpan> Times => _times;

    /// <summary>When the latest frame is shown. May be read while frames come.</summary>
    public TimeSpan LastTime => TimeSpan.FromTicks(Volatile.Read(ref _lastTicks));

    /// <summary>How long the file claims to be; null before it was said, and where it does not say.</summary>
    public TimeSpan? Duration => Volatile.Read(ref _durationTicks) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Whether the decoder said that it ran out of memory.</summary>
    public bool RanOutOfMemory { get; private set; }

    /// <summary>Whether the decoder said that a frame has more pixels than it may.</summary>
    public bool SawTooManyPixels { get; private set; }

    /// <summary>Whether the decoder said that the file ends too early: an MP4 without its index, or frames beyond the end.</summary>
    public bool SawTruncation { get; private set; }

    /// <summary>Reads to the end.</summary>
    public async Task ReadAsync(TextReader reader, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (FrameTime().Match(line) is { Success: true } match)
                Add(TimeSpan.FromSeconds(double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)));
            else if (DurationLine().Match(line) is { Success: true } duration
                && TimeSpan.TryParseExact(duration.Groups[1].ValueSpan, @"hh\:mm\:ss\.ff", CultureInfo.InvariantCulture, out var length))
                Volatile.Write(ref _durationTicks, length.Ticks);
            else if (line.Contains("Cannot allocate memory", StringComparison.Ordinal))
                RanOutOfMemory = true;
            else if (line.Contains("moov atom not found", StringComparison.Ordinal) || line.Contains("partial file", StringComparison.Ordinal))
                SawTruncation = true;
            else if (line.Contains("exceeds specified max pixel count", StringComparison.Ordinal))
                SawTooManyPixels = true;
        }
    }

    private void Add(TimeSpan shown)
    {
        _times.Add(shown);
        Volatile.Write(ref _lastTicks, shown.Ticks);
    }

    [GeneratedRegex(@"^\[Parsed_showinfo_[0-9]+ @ [^\]]*\] n: *[0-9]+ pts: *-?[0-9]+ +pts_time:(-?[0-9.]+)")]
    private static partial Regex FrameTime();

    [GeneratedRegex("^  Duration: ([0-9:.]+),")]
    private static partial Regex DurationLine();
}
