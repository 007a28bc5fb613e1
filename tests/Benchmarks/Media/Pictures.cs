namespace Moderation.Benchmarks.Media;

/// <summary>Made pictures with the edges, gradients and noise of photographs.</summary>
internal static class Pictures
{
    public static byte[] Rgb(int width, int height, int seed)
    {
        var random = new Random(seed);
        var rgb = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var edge = (x * 11 / width) * (y * 7 / height) % 5 * 40;
                for (var channel = 0; channel < 3; channel++)
                {
                    var value = x * 255 / width * (channel + 1) / 2 + y * 255 / height * (3 - channel) / 3 + edge + random.Next(8);
                    rgb[(y * width + x) * 3 + channel] = (byte)Math.Min(255, value / 2);
                }
            }
        }
        return rgb;
    }
}
