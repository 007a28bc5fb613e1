using Xunit;

namespace Moderation.MediaHash.Tests;

/// <summary>The published PDQ and vPDQ vectors, which live beside the repository and are never copied into it.</summary>
internal static class SharedVectors
{
    /// <summary>The folder, or null (said loudly in the test's output) where the machine has none.</summary>
    public static string? FindFolder(string name = "pdq")
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", name);
            if (Directory.Exists(candidate))
                return candidate;
        }
        // To the console, because the output of tests that pass is not shown.
        Console.WriteLine($"LEFT OUT: {TestContext.Current.TestMethod?.MethodName}: ../shared/data/{name} is not on this machine; nothing was compared.");
        return null;
    }

    /// <summary>The rows of a CSV file below its heading. The vectors quote nothing.</summary>
    public static IEnumerable<string[]> Rows(string folder, string file) =>
        File.ReadLines(Path.Combine(folder, file)).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(','));
}
