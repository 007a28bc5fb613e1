using Moderation.Enforcement.Delivery;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

public sealed class DeliveryCursorTests
{
    [Fact]
    public void Cursor_moves_on_only_and_counts_what_waits()
    {
        var cursor = new DeliveryCursor([KeyValuePair.Create(0, 5L), KeyValuePair.Create(2, 1L)]);
        cursor.MoveTo(0, 7);
        cursor.MoveTo(0, 6);
        Assert.Equal([7, 0, 1], Enumerable.Range(0, 3).Select(s => cursor[s]));
        Assert.Equal(3 + 4 + 0, cursor.Waiting([10, 4, 0]));
        cursor.Reset(0, 2);
        Assert.Equal(2, cursor[0]);
    }
}
