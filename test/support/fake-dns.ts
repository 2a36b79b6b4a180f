/** A name server of our own, over UDP and TCP, whose answers depend on how often it was asked. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type DnsQuestion, type DnsReply, dnsAnswer, questionIn } from './dns-message.js';

/** What a name answers, by type: the n-th question gets the n-th reply, and all later ones the last; without a type: nothing of it. */
export interface DnsScript {
  readonly A?: readonly DnsReply[];
  readonly AAAA?: readonly DnsReply[];
}

export class FakeDns {
  private readonly scripts = new Map<string, DnsScript>();
  private readonly asked = new Map<string, number>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly connections = new Set<Socket>();
  private readonly udp = createSocket('udp4');
  private readonly tcp = createServer((socket) => this.serve(socket));

  async listen(port: number, host = '127.0.0.1'): Promise<void> {
    this.udp.on('message', (message, { port: from, address }) =>
      this.answer(message, 'udp', (answer) => this.udp.send(answer, from, address)),
    );
    this.udp.bind(port, host);
    this.tcp.listen(port, host);
    await Promise.all([once(this.udp, 'listening'), once(this.tcp, 'listening')]);
  }

  /** @param name whose questions are answered so, counted from the first again; `*.example.com` is for all below without a script of their own */
  script(name: string, script: DnsScript): void {
    this.scripts.set(name.toLowerCase(), script);
    for (const type of ['A', 'AAAA']) this.asked.delete(`${name.toLowerCase()} ${type}`);
  }

  /** How often the name was asked for, whatever the type. */
  questions(name: string): number {
    return ['A', 'AAAA'].reduce(
      (sum, type) => sum + (this.asked.get(`${name.toLowerCase()} ${type}`) ?? 0),
      0,
    );
  }

  close(): void {
    this.udp.close();
    this.tcp.close();
    for (const socket of this.connections) socket.destroy();
    for (const timer of this.timers) clearTimeout(timer);
  }

  private serve(socket: Socket): void {
    this.connections.add(socket);
    socket.on('close', () => this.connections.delete(socket));
    socket.on('error', () => undefined);
    let read = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      while (read.length >= 2 && read.length >= 2 + read.readUInt16BE()) {
        const end = 2 + read.readUInt16BE();
        this.answer(read.subarray(2, end), 'tcp', (answer) => {
          const length = Buffer.alloc(2);
          length.writeUInt16BE(answer.length);
          socket.write(Buffer.concat([length, answer]));
        });
        read = read.subarray(end);
      }
    });
  }

  private answer(message: Buffer, protocol: 'udp' | 'tcp', send: (answer: Buffer) => void): void {
    const question = questionIn(message);
    if (!question) return;
    const reply = this.replyTo(question, protocol);
    if (reply.isSilent) return;
    const answer = dnsAnswer(question, reply, protocol === 'udp');
    if (reply.delayMs) this.timers.add(setTimeout(() => send(answer), reply.delayMs));
    else send(answer);
  }

  private replyTo({ name, type }: DnsQuestion, protocol: 'udp' | 'tcp'): DnsReply {
    const key = `${name} ${type}`;
    const before = this.asked.get(key) ?? 0;
    const parents = name.split('.').map((_, index, labels) => `*.${labels.slice(index + 1).join('.')}`);
    const script = [name, ...parents].map((one) => this.scripts.get(one)).find(Boolean);
    if (!script) return { error: 'NXDOMAIN' };
    const replies = (type === 'A' || type === 'AAAA' ? script[type] : undefined) ?? [];
    // The question that a truncated answer has provoked is the same one, asked again.
    const isRepeat =
      protocol === 'tcp' && before > 0 && replies[Math.min(before, replies.length) - 1]?.isTruncated;
    if (!isRepeat) this.asked.set(key, before + 1);
    return replies[Math.min(isRepeat ? before - 1 : before, replies.length - 1)] ?? {};
  }
}
