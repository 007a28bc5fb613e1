using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Index;
using Xunit;

namespace Moderation.MediaHash.Tests.Index;

public sealed class RowScanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(13)]
    public void Search_several_queries_equals_comparing_each_pair(int queryCount)
    {
        var random = new Random(queryCount);
        var centres = Hashes.Centres(random, 3);
        PdqHash[] rows = [.. Enumerable.Range(0, 1300).Select(_ => Hashes.Near(random, centres))];
        PdqHash[] queries = [.. Enumerable.Range(0, queryCount).Select(_ => Hashes.Near(random, centres))];
        foreach (var radius in new[] { 0, 31, 100 })
        {
            var visitors = Enumerable.Range(0, queryCount).Select(_ => new Visitor([])).ToArray();
            RowScan.Search(rows, queries, radius, visitors.AsSpan());
            for (var q = 0; q < queryCount; q++)
            {
                var expected = rows.Select((row, i) => (i, row.HammingDistance(queries[q]))).Where(pair => pair.Item2 <= radius);
                Assert.Equal(expected, visitors[q].Found);
                var single = new Visitor([]);
                RowScan.Search(rows, queries[q], radius, ref single);
                Assert.Equal(expected, single.Found);
            }
        }
    }

    private readonly record struct Visitor(List<(int Row, int Distance)> Found) : INeighbourVisitor
    {
        public void Visit(int row, int distance) => Found.Add((row, distance));
    }
}
