using Moderation.ModCtl.Submit;

namespace Moderation.ModCtl.Tests.Submit;

/// <summary>Reads a source to its end.</summary>
internal static class Rows
{
    public static async Task<List<SourceRow>> ReadAsync(string path, SourceOptions? options = null)
    {
        var rows = new List<SourceRow>();
        await foreach (var row in PostSources.Open(path, options ?? new SourceOptions()).ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }
}
