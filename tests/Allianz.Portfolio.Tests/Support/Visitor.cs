using System.Net;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>A browser without a screen: keeps the program's cookies, and goes by hand from the program to a provider and back.</summary>
public sealed partial class Visitor(PortfolioHost host) : IDisposable
{
    private readonly HttpClient _elsewhere = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private HttpClient _program = Client(host);

    /// <summary>The program that it visits.</summary>
    public PortfolioHost Host { get; private set; } = host;

    /// <summary>The program's cookies, by name.</summary>
    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>Whether it has a session, good or not.</summary>
    public bool HasSession => Cookies.ContainsKey("portfolio-session");

    /// <summary>The program is started anew, say with other settings; the cookies stay.</summary>
    public void MoveTo(PortfolioHost other)
    {
        _program.Dispose();
        (Host, _program) = (other, Client(other));
    }

    public Task<HttpResponseMessage> GetAsync(string address) => SendAsync(HttpMethod.Get, address);

    /// <summary>Presses a provider's button; gives the address there.</summary>
    public async Task<string> StartAsync(string provider, string page = "refused?because=failed", string? returnUrl = null)
    {
        using var response = await PressAsync(provider, page, returnUrl);
        var text = await response.Content.ReadAsStringAsync();
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), text);
        return WebUtility.HtmlDecode(Refresh().Match(text).Groups[1].Value);
    }

    /// <summary>Presses a provider's button.</summary>
    public async Task<HttpResponseMessage> PressAsync(string provider, string page = "refused?because=failed", string? returnUrl = null)
    {
        using var form = await GetAsync(page.StartsWith('/') ? page : $"/sign-in/{provider}/{page}");
        var token = Forms.Fields(await form.Content.ReadAsStringAsync()).GetValueOrDefault("antiforgery", "");
        Assert.That(token, Is.Not.Empty, "the page has a form");
        return await SendAsync(
            HttpMethod.Post,
            $"/sign-in/{provider}/start",
            new FormUrlEncodedContent(new Dictionary<string, string> { ["antiforgery"] = token, ["returnUrl"] = returnUrl ?? "" })
        );
    }

    /// <summary>Presses the button to sign out; gives where the program sends the browser then.</summary>
    public async Task<string> SignOutAsync()
    {
        using var form = await GetAsync("/account");
        var token = Forms.Fields(await form.Content.ReadAsStringAsync()).GetValueOrDefault("antiforgery", "");
        using var response = await SendAsync(
            HttpMethod.Post,
            "/sign-out",
            new FormUrlEncodedContent(new Dictionary<string, string> { ["antiforgery"] = token })
        );
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.OriginalString;
    }

    /// <summary>Is at the provider; gives the address that it sends back to, below the program.</summary>
    public async Task<string> AtProviderAsync(string address)
    {
        using var response = await _elsewhere.GetAsync(address);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.PathAndQuery;
    }

    /// <summary>All of it; gives where the program sends the browser in the end.</summary>
    public async Task<string> SignInAsync(string provider, string? returnUrl = null) =>
        await ArriveAsync(await AtProviderAsync(await StartAsync(provider, returnUrl: returnUrl)));

    /// <summary>Comes back from the provider; gives where the program sends the browser then.</summary>
    public async Task<string> ArriveAsync(string callback)
    {
        using var response = await GetAsync(callback);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Redirect), await response.Content.ReadAsStringAsync());
        return response.Headers.Location!.OriginalString;
    }

    public void Dispose()
    {
        _elsewhere.Dispose();
        _program.Dispose();
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Accept.ParseAdd("text/html");
        if (Cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        }
        var response = await _program.SendAsync(request);
        foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var (name, value) = (cookie.Split('=', 2)[0], cookie.Split('=', 2)[1].Split(';')[0]);
            if (value.Length == 0)
            {
                Cookies.Remove(name);
            }
            else
            {
                Cookies[name] = value;
            }
        }
        return response;
    }

    private static HttpClient Client(PortfolioHost host) => host.CreateClient(new() { AllowAutoRedirect = false, HandleCookies = false });

    [GeneratedRegex("<meta http-equiv=\"refresh\" content=\"0; url=([^\"]+)\"")]
    private static partial Regex Refresh();
}
