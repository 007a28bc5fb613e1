using Moderation.Testing;
using Xunit;

namespace Moderation.Contracts.Tests;

public sealed class BufTests
{
    [Fact]
    public async Task Lint_of_the_contract_is_clean()
    {
        var (exit, output) = await BufAsync("lint", "protos");
        Assert.True(exit == 0, output);
    }

    [Fact]
    public async Task Breaking_against_the_baseline_is_clean()
    {
        var (exit, output) = await BufAsync("breaking", "protos", "--against", "protos/baseline.binpb");
        Assert.True(exit == 0, "The contract breaks its users. If that was reviewed: make accept.\n" + output);
    }

    [Fact]
    public async Task Breaking_of_a_copy_with_a_field_renumbered_is_found()
    {
        var copy = Directory.CreateTempSubdirectory("moderation-protos-");
        try
        {
            await Repository.RunAsync("cp", "-r", "protos/.", copy.FullName);
            var file = Path.Combine(copy.FullName, "moderation/type/v1/post.proto");
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            Assert.Contains("string text = 6;", text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, text.Replace("string text = 6;", "string text = 60;", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            var (exit, output) = await BufAsync("breaking", copy.FullName, "--against", "protos/baseline.binpb");
            Assert.NotEqual(0, exit);
            Assert.Contains("\"6\"", output, StringComparison.Ordinal);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static Task<(int ExitCode, string Output)> BufAsync(params string[] arguments)
    {
        var local = new[] { Repository.PathOf(".tools", "bin", "buf"), Repository.PathOf(".tools", "node_modules", ".bin", "buf") }.FirstOrDefault(File.Exists);
        return Repository.RunAsync(local ?? "buf", arguments);
    }
}
