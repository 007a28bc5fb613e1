using System.Globalization;
using System.Text.RegularExpressions;

namespace Moderation.Enforcement.Cel;

/// <summary>A point in time from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z.</summary>
/// <param name="Seconds">Seconds since 1970-01-01T00:00:00Z.</param>
/// <param name="Nanos">Nanoseconds of the second, 0..999,999,999.</param>
public readonly record struct CelTimestamp(long Seconds, int Nanos) : IComparable<CelTimestamp>
{
    internal const long MinSeconds = -62135596800;
    internal const long MaxSeconds = 253402300799;
    private const int NanosPerSecond = 1_000_000_000;
    private const int NanosPerTick = 100;

    /// <summary>From .NET's time, which counts 100 ns.</summary>
    public static CelTimestamp Of(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0)
            (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        return new CelTimestamp(seconds, (int)rest * NanosPerTick);
    }

    /// <inheritdoc />
    public int CompareTo(CelTimestamp other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanos.CompareTo(other.Nanos);

    /// <summary>Order in time.</summary>
    public static bool operator <(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) < 0;

    /// <summary>Order in time.</summary>
    public static bool operator >(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) > 0;

    /// <summary>Order in time.</summary>
    public static bool operator <=(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) <= 0;

    /// <summary>Order in time.</summary>
    public static bool operator >=(CelTimestamp left, CelTimestamp right) => left.CompareTo(right) >= 0;

    /// <summary>RFC 3339 in UTC, with as many digits of the second as needed.</summary>
    public override string ToString()
    {
        var text = ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return Nanos == 0 ? text + "Z" : text + "." + Nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0') + "Z";
    }

    internal DateTime ToDateTime() => DateTime.UnixEpoch.AddTicks((Seconds * TimeSpan.TicksPerSecond) + (Nanos / NanosPerTick));

    internal static bool TryAdd(CelTimestamp time, Int128 nanoseconds, out CelTimestamp sum) =>
        TryFromNanoseconds(time.TotalNanoseconds + nanoseconds, out sum);

    internal Int128 TotalNanoseconds => ((Int128)Seconds * NanosPerSecond) + Nanos;

    internal static bool TryFromSeconds(long seconds, out CelTimestamp time)
    {
        time = new CelTimestamp(seconds, 0);
        return seconds is >= MinSeconds and <= MaxSeconds;
    }

    internal static bool TryParse(string text, out CelTimestamp time)
    {
        time = default;
        var match = CelTimeSyntax.Timestamp().Match(text);
        if (!match.Success)
            return false;
        int Part(string name) => int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        var (year, month, day) = (Part("y"), Part("mo"), Part("d"));
        var (hour, minute, second) = (Part("h"), Part("mi"), Part("s"));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;
        long seconds = (new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks)
            / TimeSpan.TicksPerSecond;
        if (match.Groups["oh"].Success)
        {
            var (offsetHours, offsetMinutes) = (Part("oh"), Part("om"));
            if (offsetHours > 23 || offsetMinutes > 59)
                return false;
            var offset = (offsetHours * 3600) + (offsetMinutes * 60);
            seconds -= match.Groups["sign"].ValueSpan is "-" ? -offset : offset;
        }
        var fraction = match.Groups["f"].Value;
        var nanos = fraction.Length == 0 ? 0 : int.Parse(fraction.PadRight(9, '0')[..9], NumberStyles.None, CultureInfo.InvariantCulture);
        time = new CelTimestamp(seconds, nanos);
        return seconds is >= MinSeconds and <= MaxSeconds;
    }

    private static bool TryFromNanoseconds(Int128 total, out CelTimestamp time)
    {
        var seconds = total / NanosPerSecond;
        var nanos = total % NanosPerSecond;
        if (nanos < 0)
            (seconds, nanos) = (seconds - 1, nanos + NanosPerSecond);
        time = default;
        if (seconds < MinSeconds || seconds > MaxSeconds)
            return false;
        time = new CelTimestamp((long)seconds, (int)nanos);
        return true;
    }
}

/// <summary>A span of time in nanoseconds, about ±292 years.</summary>
/// <param name="Nanoseconds">Its length; may be negative.</param>
public readonly record struct CelDuration(long Nanoseconds)
{
    /// <summary>From .NET's span, which counts 100 ns; longer spans are cut to the range.</summary>
    public static CelDuration Of(TimeSpan span)
    {
        var nanoseconds = (Int128)span.Ticks * 100;
        return new CelDuration((long)Int128.Clamp(nanoseconds, long.MinValue, long.MaxValue));
    }

    /// <summary>Seconds with an s, such as 90s or 0.5s.</summary>
    public override string ToString()
    {
        var magnitude = Int128.Abs(Nanoseconds);
        var (seconds, nanos) = ((long)(magnitude / 1_000_000_000), (int)(magnitude % 1_000_000_000));
        var text = seconds.ToString(CultureInfo.InvariantCulture);
        if (nanos != 0)
            text += "." + nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return (Nanoseconds < 0 ? "-" : "") + text + "s";
    }

    internal static bool TryFrom(Int128 nanoseconds, out CelDuration duration)
    {
        duration = default;
        if (nanoseconds < long.MinValue || nanoseconds > long.MaxValue)
            return false;
        duration = new CelDuration((long)nanoseconds);
        return true;
    }

    /// <summary>Go's notation: a sign, then numbers with h, m, s, ms, us or ns.</summary>
    internal static bool TryParse(string text, out CelDuration duration)
    {
        duration = default;
        if (text is "0" or "+0" or "-0")
            return true;
        if (!CelTimeSyntax.Duration().IsMatch(text))
            return false;
        Int128 total = 0;
        foreach (Match part in CelTimeSyntax.DurationPart().Matches(text))
        {
            Int128 unit = part.Groups["u"].ValueSpan switch
            {
                "h" => 3_600_000_000_000,
                "m" => 60_000_000_000,
                "s" => 1_000_000_000,
                "ms" => 1_000_000,
                "ns" => 1,
                _ => 1_000,
            };
            var whole = part.Groups["w"].ValueSpan;
            var fraction = part.Groups["f"].ValueSpan;
            if (whole.Length > 18)
                return false;
            if (whole.Length > 0)
                total += long.Parse(whole, NumberStyles.None, CultureInfo.InvariantCulture) * unit;
            if (fraction.Length > 15)
                fraction = fraction[..15];
            if (fraction.Length > 0)
                total += long.Parse(fraction, NumberStyles.None, CultureInfo.InvariantCulture) * unit / (Int128)Math.Pow(10, fraction.Length);
        }
        return TryFrom(text[0] == '-' ? -total : total, out duration);
    }
}

internal static partial class CelTimeSyntax
{
    [GeneratedRegex(@"^(?<y>[0-9]{4})-(?<mo>[0-9]{2})-(?<d>[0-9]{2})[Tt](?<h>[0-9]{2}):(?<mi>[0-9]{2}):(?<s>[0-9]{2})(\.(?<f>[0-9]{1,18}))?([Zz]|(?<sign>[+-])(?<oh>[0-9]{2}):(?<om>[0-9]{2}))\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    public static partial Regex Timestamp();

    [GeneratedRegex(@"^[+-]?(([0-9]{1,18}(\.[0-9]{0,30})?|\.[0-9]{1,30})(h|ms|us|µs|μs|ns|m|s)){1,16}\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    public static partial Regex Duration();

    [GeneratedRegex(@"(?<w>[0-9]*)(\.(?<f>[0-9]*))?(?<u>h|ms|us|µs|μs|ns|m|s)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    public static partial Regex DurationPart();
}
