using System.Diagnostics;
using System.Globalization;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Training;

namespace Moderation.Benchmarks.Text.Quality;

/// <summary>
/// fastText (Debian's package) as the field uses it for labels that are not all known: one model a label, trained on the rows that know it, with
/// words, word pairs and character runs of 3 to 5. Rate, epochs and sizes are fixed, not searched. Models are kept in a folder by
/// what they were trained on, since training takes minutes; one thread, so that a run can be made again.
/// </summary>
internal sealed class FastTextPeer : IScorer
{
    public const string Program = "fasttext";

    private readonly string[] _models;
    private readonly Func<TextSet, string[]> _read;
    private readonly DirectoryInfo _work;

    private FastTextPeer(string name, string[] models, Func<TextSet, string[]> read, DirectoryInfo work) =>
        (Name, _models, _read, _work) = (name, models, read, work);

    public string Name { get; }

    public long Size => _models.Sum(m => new FileInfo(m).Length);

    /// <summary>What fastText's own guide does to a text: lower case, signs set apart.</summary>
    public static string[] Plain(TextSet texts) => [.. texts.Submitted.Select(Plain)];

    /// <summary>Lent our normaliser.</summary>
    public static string[] Lent(TextSet texts) => texts.Normalized;

    /// <summary>Trains what is not there yet; null where the program is missing, which is said.</summary>
    public static FastTextPeer? Train(
        string name, Func<TextSet, string[]> read, TrainingRow[] rows, TextSet texts, DirectoryInfo work, string[] options)
    {
        work.Create();
        var lines = read(texts);
        var models = new string[TextLabels.Count];
        for (var label = 0; label < models.Length; label++)
        {
            var input = string.Concat(rows.Select((row, i) => (row, i)).Where(r => r.row.Knows((TextLabel)label))
                .Select(r => $"__label__{(r.row.Has((TextLabel)label) ? 1 : 0)} {OneLine(lines[r.i])}\n"));
            var key = StableHash.Of(input + string.Join(' ', options), 1).ToString("x16", CultureInfo.InvariantCulture);
            var model = Path.Combine(work.FullName, $"{TextLabels.Name((TextLabel)label)}-{key}");
            models[label] = model + ".bin";
            if (File.Exists(models[label])) continue;
            File.WriteAllText(model + ".txt", input);
            if (!Run(["supervised", "-input", model + ".txt", "-output", model + ".part", "-thread", "1", "-verbose", "0", .. options], null)) return null;
            File.Delete(model + ".txt");
            File.Delete(model + ".part.vec");
            File.Move(model + ".part.bin", models[label]);
        }
        return new FastTextPeer(name, models, read, work);
    }

    public float[][] Scores(TextSet texts)
    {
        var input = Path.Combine(_work.FullName, $"ask-{Environment.ProcessId}.txt");
        File.WriteAllLines(input, _read(texts).Select(OneLine));
        var scores = ScoreRows.For(texts.Submitted.Length);
        for (var label = 0; label < TextLabels.Count; label++)
        {
            var (own, at) = (scores[label], 0);
            Run(["predict-prob", _models[label], input, "2"], line => own[at++] = Positive(line));
            if (at != own.Length) throw new InvalidDataException($"{Program} answered {at} of {own.Length} lines.");
        }
        File.Delete(input);
        return scores;
    }

    /// <summary>A text on one line; an empty one gets a sign, since the program answers an empty line with nothing.</summary>
    internal static string OneLine(string text)
    {
        var line = string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) && !IsPaired(from, i) ? ' ' : from[i];
        });
        return line.AsSpan().Trim().IsEmpty ? "." : line;
    }

    internal static string Plain(string text)
    {
        var result = new System.Text.StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (c is '.' or '!' or '?' or ',' or '\'' or '/' or '(' or ')') result.Append(' ').Append(c).Append(' ');
            else result.Append(char.ToLowerInvariant(c));
        }
        return result.ToString();
    }

    private static bool IsPaired(string text, int i) =>
        char.IsHighSurrogate(text[i]) ? i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) : i > 0 && char.IsHighSurrogate(text[i - 1]);

    private static float Positive(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + 1 < parts.Length; i += 2)
            if (parts[i] == "__label__1") return float.Parse(parts[i + 1], CultureInfo.InvariantCulture);
        throw new InvalidDataException($"{Program} answered '{line}'.");
    }

    private static bool Run(string[] arguments, Action<string>? answered)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true };
        try
        {
            using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start.");
            while (process.StandardOutput.ReadLine() is { } line) answered?.Invoke(line);
            process.WaitForExit();
            return process.ExitCode == 0 ? true : throw new InvalidOperationException($"{Program} {arguments[0]} ended with {process.ExitCode}.");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Console.WriteLine($"LEFT OUT: {Program}: {missing.Message}");
            return false;
        }
    }
}
