using Allianz.Portfolio.Api.Http;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Mail;

/// <summary>
/// Where browsers find the program, from the configuration alone: a request's Host header is whatever its sender likes, and would end up
/// in a letter to somebody else.
/// </summary>
internal sealed class PublicAddress(IOptions<MailOptions> options, IConfiguration configuration)
{
    // Without a mail server letters are files on the machine that serves, so this leads to where it listens.
    private readonly Uri _base = Base(options.Value.PublicAddress ?? Listening.First(configuration));

    /// <summary>The absolute address of a path below it.</summary>
    /// <param name="path">Without a slash before it; its parts are escaped.</param>
    public string Of(string path) => new Uri(_base, path).AbsoluteUri;

    private static Uri Base(string text) => new(text.EndsWith('/') ? text : text + "/");
}
