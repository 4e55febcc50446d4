using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Benchmarks;

/// <summary>Fifty wrong passwords and fifty wrong keys a second, and a body without end.</summary>
internal sealed partial class Attack(int port) : IDisposable
{
    private const int PerSecond = 50;

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = TimeSpan.FromSeconds(30),
    };

    private string _cookie = "";
    private string _token = "";
    private int _count;

    /// <summary>What was answered, and how often.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new();

    /// <summary>Gets the form: without its token no password would be looked at.</summary>
    public async Task LookAsync()
    {
        using var response = await _client.GetAsync(new Uri("/sign-in", UriKind.Relative));
        response.EnsureSuccessStatusCode();
        _cookie = string.Join("; ", response.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
        _token = Token().Match(await response.Content.ReadAsStringAsync()).Groups[1].Value;
        if (_token.Length == 0)
        {
            throw new InvalidOperationException("The form for signing in has no token.");
        }
    }

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(TryAsync(SignInAsync, stop), TryAsync(KeyAsync, stop), FloodAsync(stop));

    public void Dispose() => _client.Dispose();

    // As often as that, however long the answers take.
    private async Task TryAsync(Func<CancellationToken, Task<string>> once, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        var open = new List<Task>();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                open.RemoveAll(t => t.IsCompleted);
                open.Add(Task.Run(() => CountAsync(once, stop), CancellationToken.None));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task CountAsync(Func<CancellationToken, Task<string>> once, CancellationToken stop)
    {
        string what;
        try
        {
            what = await once(stop);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            what = "nothing yet when the attack was over";
        }
        Answers.AddOrUpdate(what, 1, (_, n) => n + 1);
    }

    private async Task<string> SignInAsync(CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in");
        request.Headers.Add("Cookie", _cookie);
        request.Content = new FormUrlEncodedContent([
            new("email", string.Create(CultureInfo.InvariantCulture, $"niemand{Interlocked.Increment(ref _count)}@example.org")),
            new("password", "falsch und lang genug"),
            new("antiforgery", _token),
        ]);
        using var response = await _client.SendAsync(request, stop);
        return $"sign-in {(int)response.StatusCode}";
    }

    private async Task<string> KeyAsync(CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/projects");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer apf_{Guid.NewGuid():N}");
        using var response = await _client.SendAsync(request, stop);
        return $"key {(int)response.StatusCode}";
    }

    // As fast as the server takes it; when it hangs up, again.
    private async Task FloodAsync(CancellationToken stop)
    {
        var head = Encoding.ASCII.GetBytes(
            "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        var chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string('a', 65536) + "\r\n");
        while (!stop.IsCancellationRequested)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync("127.0.0.1", port, stop);
                await socket.SendAsync(head, stop);
                while (true)
                {
                    await socket.SendAsync(chunk, stop);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                Answers.AddOrUpdate("flood ended", 1, (_, n) => n + 1);
            }
        }
    }

    [GeneratedRegex("name=\"antiforgery\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
