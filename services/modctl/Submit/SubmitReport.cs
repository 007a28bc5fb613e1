using System.Globalization;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Submit;

/// <summary>Prints what a run came to.</summary>
internal static class SubmitReport
{
    public static void Print(Tally tally, TimeSpan elapsed, Terminal terminal)
    {
        var all = tally.Decided + tally.Skipped;
        if (tally.Verdicts() is { Count: > 0 } verdicts)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("category", "measure", "posts", "of all decided");
            table.Columns[2].RightAligned();
            table.Columns[3].RightAligned();
            foreach (var (category, measure, posts) in verdicts)
            {
                // The progress file may know more posts than this run had rows for (a smaller --limit).
                table.AddRow(category, measure, Number(posts), all == 0 ? "-" : Invariant($"{Math.Min(100, 100.0 * posts / all):0.0} %"));
            }

            terminal.Console.Write(table);
        }

        if (tally.Reasons() is { Count: > 0 } reasons)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("no decision because", "rows");
            table.Columns[1].RightAligned();
            foreach (var (reason, rows) in reasons)
            {
                table.AddRow(reason, Number(rows));
            }

            terminal.Console.Write(table);
        }

        terminal.Console.WriteLine(Summary(tally, elapsed));
        foreach (var example in tally.Examples())
        {
            terminal.Error.WriteLine(FailureText.Printable(example));
        }

        if (tally.Undecided > Tally.MaxExamples)
        {
            terminal.Error.WriteLine($"... and {Number(tally.Undecided - Tally.MaxExamples)} more rows without a decision.");
        }
    }

    private static string Summary(Tally tally, TimeSpan elapsed)
    {
        var parts = new List<string> { Invariant($"{Number(tally.Decided)} posts decided in {elapsed.TotalSeconds:0.0} s ({Rate(tally.Decided, elapsed)})") };
        if (tally.Latencies.Quantile(0.5) is { } median && tally.Latencies.Quantile(0.99) is { } late)
        {
            parts.Add(Invariant($"time to decision p50 {Milliseconds(median)}, p99 {Milliseconds(late)}"));
        }

        Add(tally.Skipped, "skipped: decided in an earlier run");
        Add(tally.Undecided, "without a decision");
        Add(tally.Retries, "calls repeated");
        Add(tally.Followed, "were pending first");
        return string.Join("; ", parts) + ".";

        void Add(long count, string what)
        {
            if (count > 0)
            {
                parts.Add($"{Number(count)} {what}");
            }
        }
    }

    /// <summary>Posts a second, such as <c>1,834/s</c>.</summary>
    public static string Rate(long posts, TimeSpan elapsed)
        => Invariant($"{(elapsed > TimeSpan.Zero ? posts / elapsed.TotalSeconds : 0):#,0}/s");

    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time)
        => time.TotalMilliseconds < 10 ? Invariant($"{time.TotalMilliseconds:0.0} ms") : Invariant($"{time.TotalMilliseconds:#,0} ms");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
