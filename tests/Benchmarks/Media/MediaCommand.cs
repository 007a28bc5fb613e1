using System.CommandLine;

namespace Moderation.Benchmarks.Media;

/// <summary><c>media</c>: hashing and matching beside peers built or installed on the same machine.</summary>
internal static class MediaCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; ours and the peer take turns in each", DefaultValueFactory = _ => 5 };
        var sizes = new Option<int[]>("--sizes")
        {
            Description = "Hashes in the index",
            DefaultValueFactory = _ => [1_000_000, 10_000_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var parts = new Option<string[]>("--only")
        {
            Description = "hash, file, scan, index, skew, change, bank, snapshot, robustness, steady: run only these",
            DefaultValueFactory = _ => ["hash", "file", "scan", "index", "skew", "change", "bank"],
            AllowMultipleArgumentsPerToken = true,
        };
        var rows = new Option<int>("--rows") { Description = "Entries that the bank leg imports", DefaultValueFactory = _ => 1_000_000 };
        var posts = new Option<int>("--posts") { Description = "Posts that it looks back over", DefaultValueFactory = _ => 200_000 };
        var requests = new Option<int>("--requests") { Description = "Pictures that the steady leg sends", DefaultValueFactory = _ => 100_000 };
        var command = new Command("media", "Picture hashing and hash matching beside FAISS, libjpeg-turbo and plain kernels")
        {
            rounds, sizes, parts, rows, posts, requests,
        };
        command.SetAction(async (parsed, _) =>
        {
            var only = parsed.GetValue(parts) ?? [];
            var count = parsed.GetValue(rounds);
            Console.WriteLine($"processor: {Machine.Processor}; vectors: {Machine.Vectors}; load: {Machine.Load}");
            if (only.Contains("hash"))
                HashLeg.Run(count);
            if (only.Contains("file"))
                FileLeg.Run(count);
            foreach (var size in parsed.GetValue(sizes) ?? [])
                IndexLeg.Run(size, count, only);
            if (only.Contains("skew"))
                SkewLeg.Run(count);
            if (only.Contains("robustness"))
                RobustnessLeg.Run();
            if (only.Contains("steady"))
                await SteadyLeg.RunAsync(parsed.GetValue(requests));
            if (only.Contains("snapshot"))
                SnapshotLeg.Run(parsed.GetValue(sizes) ?? [], count);
            if (only.Contains("bank"))
                await BankLeg.RunAsync(parsed.GetValue(rows), parsed.GetValue(posts));
        });
        return command;
    }
}
