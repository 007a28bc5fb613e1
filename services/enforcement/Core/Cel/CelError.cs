namespace Moderation.Enforcement.Cel;

/// <summary>What is wrong with an expression, where, and what would be right.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Expected">What would be right; empty when the message says it.</param>
/// <param name="Nearest">The nearest known name; null when there is none near.</param>
public sealed record CelError(int Line, int Column, string Message, string Expected = "", string? Nearest = null)
{
    /// <summary>The error on one line: line:column: message; expected ...; did you mean ...?</summary>
    public override string ToString() =>
        $"{Line}:{Column}: {Message}"
        + (Expected.Length > 0 ? $"; expected {Expected}" : "")
        + (Nearest is null ? "" : $"; did you mean '{Nearest}'?");

    internal static CelError At(string source, int position, string message, string expected = "", string? nearest = null)
    {
        var before = source.AsSpan(0, Math.Clamp(position, 0, source.Length));
        var line = before.Count('\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        return new CelError(line, column, message, expected, nearest);
    }
}

/// <summary>Stops the parser at its first error; it never leaves this folder.</summary>
internal sealed class CelSyntaxException(int position, string message, string expected = "") : Exception(message)
{
    public int Position { get; } = position;

    public string Expected { get; } = expected;
}

/// <summary>Finds the known name that is nearest to a wrong one.</summary>
internal static class NearestName
{
    /// <summary>The known name at the smallest edit distance, if at most a third of it would have to change.</summary>
    public static string? Find(string wrong, IEnumerable<string> known)
    {
        if (wrong.Length > 100)
            return null;
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var name in known.Order(StringComparer.Ordinal))
        {
            var distance = Distance(wrong, name);
            if (distance < bestDistance && distance <= Math.Max(1, name.Length / 3))
                (best, bestDistance) = (name, distance);
        }
        return best;
    }

    /// <summary>Insertions, deletions, changes and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                var change = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                var least = Math.Min(Math.Min(rows[i, j - 1], rows[i - 1, j]) + 1, rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    least = Math.Min(least, rows[i - 2, j - 2] + 1);
                rows[i, j] = least;
            }
        }
        return rows[a.Length, b.Length];
    }

    private static bool Same(char x, char y) => char.ToLowerInvariant(x) == char.ToLowerInvariant(y);
}
