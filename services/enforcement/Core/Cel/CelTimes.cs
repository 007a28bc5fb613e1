using System.Globalization;

namespace Moderation.Enforcement.Cel;

/// <summary>The parts of timestamps, in UTC or a named zone, and of durations.</summary>
internal static class CelTimes
{
    public static long FullYear(CelTimestamp time) => time.ToDateTime().Year;
    public static long Month(CelTimestamp time) => time.ToDateTime().Month - 1;
    public static long DayOfYear(CelTimestamp time) => time.ToDateTime().DayOfYear - 1;
    public static long DayOfMonth(CelTimestamp time) => time.ToDateTime().Day - 1;
    public static long Date(CelTimestamp time) => time.ToDateTime().Day;
    public static long DayOfWeek(CelTimestamp time) => (long)time.ToDateTime().DayOfWeek;
    public static long Hours(CelTimestamp time) => time.ToDateTime().Hour;
    public static long Minutes(CelTimestamp time) => time.ToDateTime().Minute;
    public static long Seconds(CelTimestamp time) => time.ToDateTime().Second;
    public static long Milliseconds(CelTimestamp time) => time.Nanos / 1_000_000;

    public static long FullYearIn(CelTimestamp time, string zone, int position, ref CelFault fault) => FullYear(Shift(time, zone, position, ref fault));
    public static long MonthIn(CelTimestamp time, string zone, int position, ref CelFault fault) => Month(Shift(time, zone, position, ref fault));
    public static long DayOfYearIn(CelTimestamp time, string zone, int position, ref CelFault fault) => DayOfYear(Shift(time, zone, position, ref fault));
    public static long DayOfMonthIn(CelTimestamp time, string zone, int position, ref CelFault fault) => DayOfMonth(Shift(time, zone, position, ref fault));
    public static long DateIn(CelTimestamp time, string zone, int position, ref CelFault fault) => Date(Shift(time, zone, position, ref fault));
    public static long DayOfWeekIn(CelTimestamp time, string zone, int position, ref CelFault fault) => DayOfWeek(Shift(time, zone, position, ref fault));
    public static long HoursIn(CelTimestamp time, string zone, int position, ref CelFault fault) => Hours(Shift(time, zone, position, ref fault));
    public static long MinutesIn(CelTimestamp time, string zone, int position, ref CelFault fault) => Minutes(Shift(time, zone, position, ref fault));
    public static long SecondsIn(CelTimestamp time, string zone, int position, ref CelFault fault) => Seconds(Shift(time, zone, position, ref fault));
    public static long MillisecondsIn(CelTimestamp time, string zone, int position, ref CelFault fault) => Milliseconds(Shift(time, zone, position, ref fault));

    public static long DurationHours(CelDuration span) => span.Nanoseconds / 3_600_000_000_000;
    public static long DurationMinutes(CelDuration span) => span.Nanoseconds / 60_000_000_000;
    public static long DurationSeconds(CelDuration span) => span.Nanoseconds / 1_000_000_000;

    /// <summary>The milliseconds of the second, as the specification has it, not the whole length.</summary>
    public static long DurationMilliseconds(CelDuration span) => span.Nanoseconds / 1_000_000 % 1000;

    private static CelTimestamp Shift(CelTimestamp time, string zone, int position, ref CelFault fault)
    {
        if (TryOffset(zone, time, out var seconds) && CelTimestamp.TryAdd(time, (Int128)seconds * 1_000_000_000, out var shifted))
            return shifted;
        return CelConversion.Fail(time, CelFaultCode.InvalidConversion, position, ref fault);
    }

    /// <summary>"+hh:mm", "-hh:mm" or "hh:mm", or a name of the IANA database.</summary>
    private static bool TryOffset(string zone, CelTimestamp time, out long seconds)
    {
        seconds = 0;
        var text = zone.AsSpan();
        var negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is '+' or '-')
            text = text[1..];
        if (text.Length == 5 && text[2] == ':'
            && int.TryParse(text[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours < 24
            && int.TryParse(text[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes < 60)
        {
            seconds = ((hours * 60) + minutes) * 60 * (negative ? -1 : 1);
            return true;
        }
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
            return false;
        seconds = (long)found.GetUtcOffset(time.ToDateTime()).TotalSeconds;
        return true;
    }
}
