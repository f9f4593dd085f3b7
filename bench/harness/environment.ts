/** Where and with what a run was made: enough to judge a figure, nothing that names the machine. */
import { readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type as system } from 'node:os';

export interface Environment {
  node: string;
  system: string;
  processor: string;
  threads: number;
  memoryGiB: number;
  fileSystem: string;
  versions: Record<string, string>;
}

const RIVALS = ['lmdb', 'classic-level', 'rocksdb-native', 'msgpackr', 'tinybench', 'benny'];
const FILE_SYSTEMS: Record<number, string> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs',
  0x794c7630: 'overlay',
  0x2fc12fc1: 'zfs',
  0x6969: 'nfs',
};

export const TMPFS = 'tmpfs';

export function environment(workspace: string): Environment {
  const versions: Record<string, string> = { ferritedb: versionIn('../../package.json') };
  for (const name of RIVALS) versions[name] = versionIn(`../node_modules/${name}/package.json`);
  const magic = Number(statfsSync(workspace).type);
  return {
    node: process.version,
    system: `${system()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    fileSystem: FILE_SYSTEMS[magic] ?? `0x${magic.toString(16)}`,
    versions,
  };
}

function versionIn(manifest: string): string {
  const text = readFileSync(new URL(manifest, import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export function environmentLines(at: Environment): string[] {
  return [
    `${at.processor}, ${at.threads} threads, ${at.memoryGiB} GiB, ${at.system}, ` +
      `${at.fileSystem}, Node ${at.node}`,
    Object.entries(at.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ];
}
