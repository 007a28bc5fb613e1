using System.CommandLine.Parsing;
using System.Globalization;

namespace Moderation.ModCtl.Shell;

/// <summary>Spans of time as people write them: 90s, 30m, 12h, 7d.</summary>
internal static class Durations
{
    public static TimeSpan? Parse(string text)
    {
        if (text.Length < 2 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > 1_000_000)
        {
            return null;
        }

        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }

    /// <summary>A parser for an option between two bounds.</summary>
    public static Func<ArgumentResult, TimeSpan?> Between(TimeSpan least, TimeSpan most) => result =>
    {
        if (result.Tokens is [{ Value: var text }] && Parse(text) is { } span && span >= least && span <= most)
        {
            return span;
        }

        result.AddError($"{(result.Parent as OptionResult)?.IdentifierToken?.Value} must be a time such as 90s, 30m, 12h or 7d, from {Show(least)} to {Show(most)}.");
        return null;
    };

    public static string Show(TimeSpan span) => span.TotalDays >= 1 ? $"{span.TotalDays:0.#}d"
        : span.TotalHours >= 1 ? $"{span.TotalHours:0.#}h"
        : span.TotalMinutes >= 1 ? $"{span.TotalMinutes:0.#}m"
        : $"{span.TotalSeconds:0.###}s";
}
