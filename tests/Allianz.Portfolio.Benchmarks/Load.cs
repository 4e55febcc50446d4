using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>Asks one address again and again over a few connections, with as little of its own work as can be, so that the server is what is measured.</summary>
internal static class Load
{
    private const int Connections = 8;

    /// <summary>Requests answered in a second.</summary>
    public static async Task<double> PerSecondAsync(int port, string path, TimeSpan time, params (string Name, string Value)[] headers)
    {
        using var stop = new CancellationTokenSource(time);
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(
            Enumerable.Range(0, Connections).Select(_ => Task.Run(() => AskAsync(port, path, headers, long.MaxValue, stop.Token)))
        );
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    /// <summary>A number of requests.</summary>
    public static Task CountAsync(int port, string path, long requests, params (string Name, string Value)[] headers) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(_ => Task.Run(() => AskAsync(port, path, headers, requests / Connections, CancellationToken.None)))
        );

    /// <summary>
    /// Asks a hundred times a second, whatever the answers take, and gives how long each took, in milliseconds from when it was due: who must wait for the
    /// one before is late, too.
    /// </summary>
    public static async Task<List<double>> PacedAsync(int port, string[] paths, TimeSpan time)
    {
        var times = await Task.WhenAll(Enumerable.Range(0, Connections).Select(n => Task.Run(() => PaceAsync(port, paths, time, n))));
        return [.. times.SelectMany(t => t)];
    }

    private static async Task<List<double>> PaceAsync(int port, string[] paths, TimeSpan time, int number)
    {
        var pause = TimeSpan.FromMilliseconds(10 * Connections);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port, CancellationToken.None);
        var buffer = new byte[256 * 1024];
        var times = new List<double>();
        var clock = Stopwatch.StartNew();
        for (var due = pause * number / Connections; due < time; due += pause)
        {
            if (due - clock.Elapsed is { Ticks: > 0 } early)
            {
                await Task.Delay(early);
                // Timers are late by a little, which is not the server's doing.
                due = clock.Elapsed;
            }
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {paths[times.Count % paths.Length]} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
            await ReadAnswerAsync(socket, buffer);
            times.Add((clock.Elapsed - due).TotalMilliseconds);
        }
        return times;
    }

    /// <summary>How many times faster the first is than the second: the median of rounds side by side.</summary>
    public static async Task<double> RatioAsync(Func<Task<double>> first, Func<Task<double>> second, int rounds = 5)
    {
        await first();
        await second();
        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            // Each pair in another order, so that neither always comes after the other.
            var (a, b) = round % 2 == 0 ? (await first(), await second()) : (0, await second());
            ratios.Add((round % 2 == 0 ? a : await first()) / b);
        }
        ratios.Sort();
        return ratios[rounds / 2];
    }

    private static async Task<long> AskAsync(
        int port,
        string path,
        (string Name, string Value)[] headers,
        long most,
        CancellationToken stop
    )
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port, CancellationToken.None);
        var request = Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{string.Concat(headers.Select(h => $"{h.Name}: {h.Value}\r\n"))}\r\n"
        );
        var buffer = new byte[256 * 1024];
        long count = 0;
        while (!stop.IsCancellationRequested && count < most)
        {
            await socket.SendAsync(request);
            await ReadAnswerAsync(socket, buffer);
            count++;
        }
        return count;
    }

    private static async Task ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        var filled = 0;
        int head;
        do
        {
            filled += await ReceiveAsync(socket, buffer, filled);
            head = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        } while (head < 0);
        var status = buffer[9];
        var headers = Encoding.ASCII.GetString(buffer, 0, head);
        if (headers.Contains(" 304 ", StringComparison.Ordinal))
        {
            return;
        }
        if (status != (byte)'2')
        {
            throw new InvalidOperationException(headers);
        }
        var at = headers.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        if (at >= 0)
        {
            var end = headers.IndexOf('\r', at);
            var length = int.Parse(
                headers.AsSpan(at + 16, (end < 0 ? headers.Length : end) - at - 16),
                System.Globalization.CultureInfo.InvariantCulture
            );
            while (filled < head + 4 + length)
            {
                filled += await ReceiveAsync(socket, buffer, filled);
            }
            return;
        }
        while (!buffer.AsSpan(0, filled).EndsWith("\r\n0\r\n\r\n"u8))
        {
            filled += await ReceiveAsync(socket, buffer, filled);
        }
    }

    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer, int filled)
    {
        var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
        return read > 0 ? read : throw new IOException("The server hung up.");
    }
}
