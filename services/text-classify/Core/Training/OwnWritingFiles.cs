using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>Reads the embedded files of our own writing.</summary>
internal static class OwnWritingFiles
{
    private const string Prefix = "own-writing/";
    private const byte AllLabels = (1 << TextLabels.Count) - 1;

    /// <summary>The families of every language, in order of language, file and line.</summary>
    public static IEnumerable<OwnFamily> Families()
    {
        var assembly = typeof(OwnWritingFiles).Assembly;
        var names = assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        foreach (var language in names.GroupBy(n => n[Prefix.Length..].Split('/', '\\')[0]))
        {
            var files = language.ToDictionary(n => Path.GetFileNameWithoutExtension(n.Replace('\\', '/')), Lines);
            if (!files.Remove("slots", out var slotLines)) throw new InvalidDataException($"Own writing: {language.Key}/slots.txt is missing.");
            var slots = Slots(slotLines, language.Key + "/slots.txt");
            foreach (var (file, lines) in files)
                foreach (var family in Parse(language.Key, file, lines, slots)) yield return family;
        }

        string[] Lines(string name)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name) ?? throw new InvalidDataException($"Own writing: {name} is missing."));
            return reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries);
        }
    }

    /// <summary>Reads <c>name = one | another</c> lines.</summary>
    /// <exception cref="InvalidDataException">A line has no " = "; the message names it.</exception>
    public static Dictionary<string, string[]> Slots(string[] lines, string name)
    {
        var slots = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#') continue;
            var at = lines[i].IndexOf('=', StringComparison.Ordinal);
            if (at < 1) throw new InvalidDataException($"Own writing, {name}, line {i + 1}: 'name = one | another' is needed.");
            slots[lines[i][..at].Trim()] = lines[i][(at + 1)..].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }
        return slots;
    }

    /// <summary>Reads headings and families.</summary>
    /// <exception cref="InvalidDataException">A heading names no such label, or a line comes before the first heading.</exception>
    public static IEnumerable<OwnFamily> Parse(string language, string file, string[] lines, IReadOnlyDictionary<string, string[]> slots)
    {
        string? topic = null;
        byte positive = 0, known = AllLabels;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.Length == 0 || line[0] == '#') continue;
            if (line[0] == '[')
            {
                var end = line.IndexOf(']', StringComparison.Ordinal);
                if (end < 0) throw Wrong(i, "the heading's ']' is missing");
                topic = line[1..end];
                (positive, known) = (0, AllLabels);
                foreach (var name in line[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    var unknown = name[0] == '?';
                    var label = TextLabels.IndexOf(unknown ? name.AsSpan(1) : name);
                    if (label < 0) throw Wrong(i, $"there is no label '{name}'");
                    if (unknown) known &= (byte)~(1 << label);
                    else positive |= (byte)(1 << label);
                }
                continue;
            }
            yield return new OwnFamily(language, file, topic ?? throw Wrong(i, "a '[topic]' heading is needed first"), positive, known, line, slots);
        }

        InvalidDataException Wrong(int line, string what) => new($"Own writing, {language}/{file}.txt, line {line + 1}: {what}.");
    }
}
