import { asLabels, asList, asRecord, asString } from '../../cluster/objects.ts';

/** `name is a.example.com or *.example.org` */
export function fqdnCondition(list: readonly unknown[]): string {
  return `name is ${names(list)}`;
}

/** `DNS query for *.example.com` */
export function dnsCondition(list: readonly unknown[]): string {
  return `DNS query for ${names(list)}`;
}

function names(list: readonly unknown[]): string {
  return oneOf(
    list.map((value) => {
      const { matchName, matchPattern } = asRecord(value) ?? {};
      return asString(matchName) ?? asString(matchPattern) ?? '*';
    }),
  );
}

/** `GET /cart or POST /cart with header X-Token` */
export function httpCondition(list: readonly unknown[]): string {
  return oneOf(
    list.map((value) => {
      const { method, path, host, headers, headerMatches } = asRecord(value) ?? {};
      const what = [asString(method), asString(path)].filter((part) => part !== undefined);
      if (what.length === 0) what.push('any HTTP request');
      else if (!asString(method)) what.unshift('HTTP');
      const wanted = [
        ...asList(headers).map(String),
        ...asList(headerMatches).map((match) => {
          const { name, value, mismatch } = asRecord(match) ?? {};
          // With a mismatch action the request passes all the same, changed or logged.
          return asString(mismatch) ? '' : `${String(name)}: ${asString(value) ?? '(secret)'}`;
        }),
      ].filter((header) => header !== '');
      if (asString(host)) what.push(`for host ${String(host)}`);
      if (wanted.length) what.push(`with header ${wanted.join(', ')}`);
      return what.join(' ');
    }),
  );
}

/** `the address is of aws securityGroupsIds sg-1` */
export function groupCondition(value: unknown): string {
  const [provider = 'an outside', filters] = Object.entries(asRecord(value) ?? {})[0] ?? [];
  const words = Object.entries(asRecord(filters) ?? {}).map(([key, filter]) => {
    const labels = Object.entries(asLabels(filter)).map(([name, text]) => `${name}=${text}`);
    const texts = Array.isArray(filter) ? filter.map(String) : asRecord(filter) ? labels : [filter];
    return `${key} ${texts.map(String).join(', ')}`;
  });
  return `the address is of ${[`${provider} group`, ...words].join(' ')}`;
}

export function oneOf(texts: readonly string[]): string {
  return texts.join(' or ');
}

/** All of the conditions that there are. */
export function allOf(...conditions: (string | undefined)[]): string | undefined {
  return conditions.filter((condition) => condition !== undefined).join(' and ') || undefined;
}
