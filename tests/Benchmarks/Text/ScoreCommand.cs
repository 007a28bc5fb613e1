using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.Benchmarks.Text;

/// <summary>
/// <c>text-score</c>: scores a file of texts, one a line, as the service would, and writes the scores; the process that <see cref="SpeedRace"/>
/// runs beside fastText's. At the end it says, to stderr, when the first score was there and what memory it took.
/// </summary>
internal static class ScoreCommand
{
    public const string Name = "text-score";

    public static Command Create()
    {
        var model = new Option<FileInfo>("--model") { Description = "model.bin", Required = true };
        var texts = new Option<FileInfo>("--texts") { Description = "One text a line", Required = true };
        var command = new Command(Name, "Scores a file of texts, for the race of the text benchmark.") { model, texts };
        command.Hidden = true;
        command.SetAction(parsed => Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(texts)));
        return command;
    }

    private static void Run(FileInfo modelFile, FileInfo texts)
    {
        var detector = new ModelDetector(TextModel.Load(File.ReadAllBytes(modelFile.FullName)), explain: false);
        using var reader = new StreamReader(texts.FullName);
        using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        Span<byte> line = stackalloc byte[16 * TextLabels.Count];
        TimeSpan? first = null;
        while (reader.ReadLine() is { } text)
        {
            var findings = new TextFindings();
            detector.Run(TextUnderReview.Prepare(text, ""), findings);
            var length = 0;
            foreach (var score in findings.Scores)
            {
                score.TryFormat(line[length..], out var written, "F5", CultureInfo.InvariantCulture);
                length += written;
                line[length++] = (byte)' ';
            }
            line[length - 1] = (byte)'\n';
            output.Write(line[..length]);
            first ??= DateTime.Now - Process.GetCurrentProcess().StartTime;
        }
        output.Flush();
        var peak = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first?.TotalMilliseconds:F0} {peak}"));
    }
}
